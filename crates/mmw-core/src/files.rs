//! Files that are read at any place.

use crate::{Error, Result};
use std::fs::{self, File};
use std::path::Path;

/// A regular file, opened to read, and its length in bytes. A pipe, which is read but once and whose opening
/// waits for a writer, is refused before it is opened.
///
/// # Errors
/// [`Error::Io`] when it cannot be opened, [`Error::Invalid`] named by the path for what is no regular file.
///
/// # Examples
/// ```
/// use mmw_core::{Error, files::open_regular};
/// let path = std::env::temp_dir().join(format!("mmw-doc-regular-{}", std::process::id()));
/// std::fs::write(&path, "five!").map_err(|e| Error::io(&path, "write", &e))?;
/// let (_, len) = open_regular(&path)?;
/// assert_eq!(len, 5);
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), Error>(())
/// ```
pub fn open_regular(path: &Path) -> Result<(File, u64)> {
    let metadata = fs::metadata(path).map_err(|e| Error::io(path, "open", &e))?;
    if !metadata.is_file() {
        return Err(Error::invalid(path.display().to_string(), "is not a regular file"));
    }
    let file = File::open(path).map_err(|e| Error::io(path, "open", &e))?;
    Ok((file, metadata.len()))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    #[test]
    fn what_is_no_regular_file_is_refused_and_never_waited_for() {
        let folder = std::env::temp_dir().join(format!("mmw-regular-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let socket = folder.join("socket");
        let _listener = UnixListener::bind(&socket).unwrap();
        for path in [folder.as_path(), &socket, Path::new("/dev/zero")] {
            assert!(matches!(open_regular(path), Err(Error::Invalid { .. })), "{}", path.display());
        }
        assert!(matches!(open_regular(&folder.join("none")), Err(Error::Io { .. })));
        fs::remove_dir_all(&folder).unwrap();
    }
}
