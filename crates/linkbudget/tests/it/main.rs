//! Integration tests of `linkbudget`: reference tables, the source's numbers, properties, hostile input.

mod propagation;
mod tables;
