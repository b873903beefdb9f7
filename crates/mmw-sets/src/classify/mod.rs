//! Classical rivals: what a network must beat.
//!
//! | model | what it is |
//! | --- | --- |
//! | [`NearestCentroid`] | the nearest mean of a class; nothing to choose |
//! | [`LogisticRegression`] | linear, with a penalty; one minimum, found by L-BFGS |
//! | [`RandomForest`] | trees on resampled rows and features, from the streams of one seed |
//! | [`Committee`] | the mean of several models' probabilities |
//!
//! All are fitted to [`Samples`](crate::Samples) and answer with probabilities ([`Classifier`]). The same
//! samples, configuration and seed give the same bits.

mod classifier;

mod scale;

mod centroid;

mod minimise;

mod logistic;

mod tree;

mod forest;

mod committee;

pub use centroid::NearestCentroid;
pub use classifier::Classifier;
pub use committee::Committee;
pub use forest::{ForestConfig, RandomForest};
pub use logistic::{LogisticConfig, LogisticRegression};
