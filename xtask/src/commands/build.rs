//! `cargo xtask build`

use anyhow::Result;

use crate::page::compress::{self, Weight};
use crate::{page, workspace};

/// Builds the release page in `dist/` and prints its sizes.
pub(crate) fn build() -> Result<()> {
    page::build()?;
    print!("\n{}", table(&compress::weigh(&workspace::dist())?));
    Ok(())
}

/// Formats one line per file, the largest first, and a line with the total.
fn table(weights: &[Weight]) -> String {
    let mut rows: Vec<_> = weights.iter().collect();
    rows.sort_by_key(|weight| std::cmp::Reverse(weight.brotli));
    let sum = Weight {
        path: "together".into(),
        raw: weights.iter().map(|weight| weight.raw).sum(),
        gzip: weights.iter().map(|weight| weight.gzip).sum(),
        brotli: weights.iter().map(|weight| weight.brotli).sum(),
    };
    let mut table = format!("{:>10} {:>10} {:>10}  in bytes\n", "brotli", "gzip", "raw");
    for Weight {
        path,
        raw,
        gzip,
        brotli,
    } in rows.into_iter().chain([&sum])
    {
        table += &format!("{brotli:>10} {gzip:>10} {raw:>10}  {}\n", path.display());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_comes_first_and_the_sum_last() {
        let weight = |path: &str, raw, brotli| Weight {
            path: path.into(),
            raw,
            gzip: raw,
            brotli,
        };
        let table = table(&[weight("a.css", 30, 10), weight("b.wasm", 100, 40)]);
        let lines: Vec<Vec<&str>> = table
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(lines[1], ["40", "100", "100", "b.wasm"]);
        assert_eq!(lines[2], ["10", "30", "30", "a.css"]);
        assert_eq!(lines[3], ["50", "130", "130", "together"]);
    }
}
