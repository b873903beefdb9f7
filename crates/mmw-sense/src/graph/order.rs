//! An order of elimination that leaves little fill: approximate minimum degree.
//!
//! P. R. Amestoy, T. A. Davis, I. S. Duff, "An approximate minimum degree ordering algorithm", SIAM Journal
//! on Matrix Analysis and Applications 17(4), 1996: eliminated variables are kept as elements, the cliques
//! that they left, and the degree of a variable is bounded by the sizes of its elements outside the newest.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The places of `0..count` in the order in which they are eliminated; `pairs` are tied. Equal degrees go by
/// the lower place.
pub(super) fn minimum_degree(count: usize, pairs: &[(u32, u32)]) -> Vec<u32> {
    let mut graph = Quotient::new(count, pairs);
    let mut heap: BinaryHeap<_> = (0..count).map(|i| Reverse((graph.degree[i], i as u32))).collect();
    let mut order = Vec::with_capacity(count);
    while let Some(Reverse((degree, pivot))) = heap.pop() {
        // Older entries of a variable lie behind its newest.
        if graph.done[pivot as usize] || graph.degree[pivot as usize] != degree {
            continue;
        }
        order.push(pivot);
        graph.eliminate(pivot, count - order.len());
        let touched = &graph.members[pivot as usize];
        heap.extend(touched.iter().map(|&i| Reverse((graph.degree[i as usize], i))));
    }
    order
}

/// What is left of a graph: variables with their neighbours and elements, elements with their members.
struct Quotient {
    neighbours: Vec<Vec<u32>>,
    elements: Vec<Vec<u32>>,
    members: Vec<Vec<u32>>,
    degree: Vec<usize>,
    done: Vec<bool>,
    /// The pivot that last saw a variable as a member, and that last met an element.
    seen: Vec<u32>,
    met: Vec<u32>,
    /// Members of an element outside the newest.
    outside: Vec<usize>,
}

impl Quotient {
    fn new(count: usize, pairs: &[(u32, u32)]) -> Self {
        let mut neighbours = vec![Vec::new(); count];
        for &(a, b) in pairs.iter().filter(|(a, b)| a != b) {
            neighbours[a as usize].push(b);
            neighbours[b as usize].push(a);
        }
        for list in &mut neighbours {
            list.sort_unstable();
            list.dedup();
        }
        Self {
            degree: neighbours.iter().map(Vec::len).collect(),
            neighbours,
            elements: vec![Vec::new(); count],
            members: vec![Vec::new(); count],
            done: vec![false; count],
            seen: vec![u32::MAX; count],
            met: vec![u32::MAX; count],
            outside: vec![0; count],
        }
    }

    /// Makes an element of a variable, with `left` variables to go.
    fn eliminate(&mut self, pivot: u32, left: usize) {
        let p = pivot as usize;
        self.done[p] = true;
        self.seen[p] = pivot;
        let mut members = Vec::new();
        let absorbed = std::mem::take(&mut self.elements[p]);
        let own = std::mem::take(&mut self.neighbours[p]);
        for &i in absorbed.iter().flat_map(|&e| &self.members[e as usize]).chain(&own) {
            if self.seen[i as usize] != pivot && !self.done[i as usize] {
                self.seen[i as usize] = pivot;
                members.push(i);
            }
        }
        for &e in &absorbed {
            self.members[e as usize] = Vec::new();
        }
        for &i in &members {
            let i = i as usize;
            // What is tied by the new element needs no edge; absorbed elements have no members.
            let (seen, parts) = (&self.seen, &self.members);
            self.neighbours[i].retain(|&other| seen[other as usize] != pivot);
            self.elements[i].retain(|&e| !parts[e as usize].is_empty());
            for &e in &self.elements[i] {
                let e = e as usize;
                if self.met[e] != pivot {
                    self.met[e] = pivot;
                    self.outside[e] = self.members[e].len();
                }
                self.outside[e] -= 1;
            }
        }
        for &i in &members {
            let i = i as usize;
            let far: usize = self.elements[i].iter().map(|&e| self.outside[e as usize]).sum();
            self.degree[i] = (self.neighbours[i].len() + members.len() - 1 + far).min(left.saturating_sub(1));
            // An element inside the new one says nothing more.
            let outside = &self.outside;
            self.elements[i].retain(|&e| outside[e as usize] > 0);
            self.elements[i].push(pivot);
        }
        self.members[p] = members;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Entries below the diagonal after elimination, by the slow way.
    fn fill(count: usize, pairs: &[(u32, u32)], order: &[u32]) -> usize {
        let mut tied = vec![std::collections::BTreeSet::new(); count];
        for &(a, b) in pairs {
            tied[a as usize].insert(b);
            tied[b as usize].insert(a);
        }
        let mut entries = 0;
        for &pivot in order {
            let around = std::mem::take(&mut tied[pivot as usize]);
            entries += around.len();
            for &a in &around {
                tied[a as usize].remove(&pivot);
                tied[a as usize].extend(around.iter().filter(|&&b| b != a));
            }
        }
        entries
    }

    #[test]
    fn a_tree_has_no_fill_and_a_grid_far_less_than_in_rows() {
        let tree: Vec<(u32, u32)> = (1..200).map(|i| ((i - 1) / 3, i)).collect();
        let order = minimum_degree(200, &tree);
        assert_eq!(fill(200, &tree, &order), tree.len());
        let n = 24;
        let grid: Vec<(u32, u32)> = (0..n * n)
            .flat_map(|k| [(k % n + 1 < n).then_some((k, k + 1)), (k + n < n * n).then_some((k, k + n))])
            .flatten()
            .collect();
        let order = minimum_degree(576, &grid);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..576));
        let rows: Vec<u32> = (0..576).collect();
        // Nested dissection would leave some 31/4 n² log₂ n/... of it; rows leave n³.
        assert!(2 * fill(576, &grid, &order) < fill(576, &grid, &rows));
    }
}
