//! Compressed copies of the page's files, for servers that do not compress by themselves.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::{Compression, GzBuilder};

use crate::stamp;

/// Extensions of files worth compressing. Pictures and music are compressed already.
const KINDS: [&str; 9] = [
    "css",
    "html",
    "ico",
    "js",
    "json",
    "svg",
    "txt",
    "wasm",
    "webmanifest",
];

/// The sizes of one file of the page, in bytes.
#[derive(Debug)]
pub(crate) struct Weight {
    /// Relative to the folder.
    pub(crate) path: PathBuf,
    pub(crate) raw: u64,
    pub(crate) gzip: u64,
    pub(crate) brotli: u64,
}

/// Writes `.br` and `.gz` copies beside the files of a folder, where the copies are smaller.
///
/// HTML gets none: its settings are edited in place, and a server would keep serving the outdated
/// copy.
pub(crate) fn compress(dir: &Path) -> Result<()> {
    for file in stamp::files(dir)? {
        if !KINDS.contains(&extension(&file)) || extension(&file) == "html" {
            continue;
        }
        let bytes = read(&file)?;
        for (suffix, packed) in [("br", brotli(&bytes)?), ("gz", gzip(&bytes)?)] {
            if packed.len() < bytes.len() {
                let beside = beside(&file, suffix);
                std::fs::write(&beside, packed)
                    .with_context(|| format!("could not write {}", beside.display()))?;
            }
        }
    }
    Ok(())
}

/// Returns the sizes of all files in a folder that [`compress`] has processed.
pub(crate) fn weigh(dir: &Path) -> Result<Vec<Weight>> {
    let mut weights = Vec::new();
    for file in stamp::files(dir)? {
        if matches!(extension(&file), "br" | "gz") {
            continue;
        }
        let raw = size(&file)?;
        let path = file.strip_prefix(dir).unwrap_or(&file).to_owned();
        let (gzip, brotli) = if extension(&file) == "html" {
            let bytes = read(&file)?;
            (
                self::gzip(&bytes)?.len() as u64,
                self::brotli(&bytes)?.len() as u64,
            )
        } else {
            let packed = |suffix| size(&beside(&file, suffix)).unwrap_or(raw);
            (packed("gz"), packed("br"))
        };
        weights.push(Weight {
            path,
            raw,
            gzip,
            brotli,
        });
    }
    Ok(weights)
}

fn extension(file: &Path) -> &str {
    file.extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default()
}

/// Appends a suffix: `page.js` → `page.js.br`.
fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("could not read {}", file.display()))
}

fn size(file: &Path) -> Result<u64> {
    Ok(file
        .metadata()
        .with_context(|| format!("could not read {}", file.display()))?
        .len())
}

/// Compresses with brotli at its highest level.
pub(crate) fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let best = brotli::enc::BrotliEncoderParams {
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &best).context("brotli failed")?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .context("gzip failed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    const TEXT: &[u8] = b"orchard orchard orchard orchard orchard orchard orchard orchard";

    #[test]
    fn both_decompress_to_the_original() {
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &*brotli(TEXT).unwrap(), &mut unpacked).unwrap();
        assert_eq!(unpacked, TEXT);
        unpacked.clear();
        let packed = gzip(TEXT).unwrap();
        flate2::read::GzDecoder::new(&*packed)
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, TEXT);
    }

    #[test]
    fn the_same_bytes_compress_to_the_same_bytes() {
        assert_eq!(gzip(TEXT).unwrap(), gzip(TEXT).unwrap());
    }

    #[test]
    fn copies_are_written_for_files_that_shrink_but_not_for_pages() {
        let dir = std::env::temp_dir().join(format!("orchard-compress-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        for name in ["a.js", "index.html", "tune.ogg"] {
            std::fs::write(dir.join(name), TEXT).unwrap();
        }
        std::fs::write(dir.join("tiny.css"), "a").unwrap();
        compress(&dir).unwrap();
        let weights = weigh(&dir).unwrap();
        let here: Vec<_> = stamp::files(&dir)
            .unwrap()
            .iter()
            .map(|f| f.file_name().unwrap().to_owned())
            .collect();
        std::fs::remove_dir_all(&dir).unwrap();
        assert_eq!(
            here,
            [
                "a.js",
                "a.js.br",
                "a.js.gz",
                "index.html",
                "tiny.css",
                "tune.ogg"
            ]
        );
        assert_eq!(weights.len(), 4);
        assert!(
            weights
                .iter()
                .all(|weight| weight.brotli <= weight.raw && weight.gzip <= weight.raw)
        );
    }
}
