//! Trials in fixed blocks, one random stream a block: serial, parallel or sharded with the same bits.
