//! Rivals in Python, timed inside the same criterion group.
//!
//! One worker process stays alive on a pipe and times its own loop, so neither its start nor the pipe is
//! counted. It runs single-threaded. Without `python3`, NumPy or SciPy the peers are skipped with one line.

use criterion::BenchmarkGroup;
use criterion::measurement::WallTime;
use mmw_core::simd::Level;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// The worker process, if there is one.
#[derive(Debug)]
pub struct Python {
    worker: Option<Worker>,
}

#[derive(Debug)]
struct Worker {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// Starts the worker; prints why when it cannot.
    #[must_use]
    pub fn start() -> Self {
        let worker = Worker::start().inspect_err(|reason| println!("python peers are skipped: {reason}"));
        Self { worker: worker.ok() }
    }

    /// Adds the peer `label` to a group: `job` is `module.function` in `peers/`, called with `arguments`.
    ///
    /// Prints one line and adds nothing when there is no worker or the job cannot be run.
    pub fn bench(
        &mut self,
        group: &mut BenchmarkGroup<'_, WallTime>,
        label: &str,
        job: &str,
        arguments: &Value,
    ) {
        let Some(worker) = &mut self.worker else { return };
        if let Err(reason) = worker.time(job, arguments, 1) {
            println!("{label} is skipped: {reason}");
            return;
        }
        group.bench_function(label, |b| {
            b.iter_custom(|iterations| worker.time(job, arguments, iterations).unwrap_or_default());
        });
    }
}

impl Worker {
    fn start() -> Result<Self, String> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/worker.py");
        let mut command = Command::new("python3");
        command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
        for threads in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"] {
            command.env(threads, "1");
        }
        // MKL is held to the instructions that we are held to; it has no level below AVX2 that machines of
        // today run on.
        let most = if matches!(Level::current(), Level::Avx512(_)) { "AVX512" } else { "AVX2" };
        command.env("MKL_ENABLE_INSTRUCTIONS", most).env("MKL_THREADING_LAYER", "SEQUENTIAL");
        let mut child = command.spawn().map_err(|error| format!("python3: {error}"))?;
        let (Some(requests), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("no pipe to python3".into());
        };
        let mut worker = Self { child, requests, answers: BufReader::new(answers) };
        let hello = worker.answer()?;
        println!("python peers: {}", hello["versions"].as_str().unwrap_or("versions unknown"));
        Ok(worker)
    }

    fn time(&mut self, job: &str, arguments: &Value, iterations: u64) -> Result<Duration, String> {
        let request = json!({ "job": job, "arguments": arguments, "iterations": iterations });
        writeln!(self.requests, "{request}").map_err(|error| error.to_string())?;
        let seconds = self.answer()?["seconds"].as_f64().ok_or("no time in the answer")?;
        Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
    }

    fn answer(&mut self) -> Result<Value, String> {
        let mut line = String::new();
        self.answers.read_line(&mut line).map_err(|error| error.to_string())?;
        let answer: Value = serde_json::from_str(&line).map_err(|_| "the worker ended".to_owned())?;
        match answer["error"].as_str() {
            Some(reason) => Err(reason.to_owned()),
            None => Ok(answer),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // The worker ends when its input does; waiting keeps no zombie behind.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
