//! Median, quartiles and ratio of samples.

/// The median of some samples, and the quartiles around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) low: f64,
    pub(super) median: f64,
    pub(super) high: f64,
}

impl Spread {
    /// Returns `None` if there are no samples, or if one of them is NaN.
    pub(super) fn of(samples: &[f64]) -> Option<Self> {
        if samples.iter().any(|sample| !sample.is_finite()) {
            return None;
        }
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        Some(Self {
            low: quantile(&sorted, 0.25)?,
            median: quantile(&sorted, 0.5)?,
            high: quantile(&sorted, 0.75)?,
        })
    }
}

/// Returns the ratio of the medians.
pub(super) fn ratio(ours: &[f64], theirs: &[f64]) -> Option<f64> {
    let (ours, theirs) = (Spread::of(ours)?.median, Spread::of(theirs)?.median);
    (theirs != 0.0).then(|| ours / theirs)
}

/// Returns a quantile, interpolated linearly between two samples.
fn quantile(sorted: &[f64], at: f64) -> Option<f64> {
    let place = sorted.len().checked_sub(1)? as f64 * at;
    let below = sorted.get(place.floor() as usize)?;
    let above = sorted.get(place.ceil() as usize)?;
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        let spread = Spread::of(&[4.0, 1.0, 3.0, 2.0]).unwrap();
        assert_eq!((spread.low, spread.median, spread.high), (1.75, 2.5, 3.25));
    }

    #[test]
    fn one_wild_sample_moves_neither_median_nor_quartiles() {
        let calm = Spread::of(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        let wild = Spread::of(&[1.0, 2.0, 3.0, 4.0, 5000.0]);
        assert_eq!(calm, wild);
    }

    #[test]
    fn one_sample_has_no_spread() {
        let spread = Spread::of(&[7.0]).unwrap();
        assert_eq!((spread.low, spread.median, spread.high), (7.0, 7.0, 7.0));
    }

    #[test]
    fn no_samples_give_no_statistics() {
        assert_eq!(Spread::of(&[]), None);
        assert_eq!(Spread::of(&[1.0, f64::NAN]), None);
        assert_eq!(ratio(&[], &[1.0]), None);
        assert_eq!(ratio(&[1.0], &[0.0]), None);
    }

    #[test]
    fn the_ratio_is_that_of_the_medians() {
        assert_eq!(ratio(&[1.0, 2.0, 90.0], &[4.0, 4.0]), Some(0.5));
    }
}
