//! Reads, writes and compares pictures.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, BufWriter, Cursor};
use std::path::Path;

use png::{BitDepth, ColorType, Compression, Decoder, Encoder, Filter, Transformations};

/// The bytes per pixel.
const PIXEL: usize = 3;

/// The tolerance for a channel of a pixel, of 255: processors draw edges differently.
const NEAR: u8 = 40;

/// One in this many pixels may differ by more than the tolerance.
const SHARE: usize = 400;

/// This many pixels may always differ: in a small picture, the edge of one glyph is a large part.
const FEW: usize = 12;

/// The side of the squares that are also compared one by one, in pixels: a missing word is only a
/// small part of a panel.
const TILE: usize = 32;

/// The number of pixels of one square that may differ.
const IN_A_TILE: usize = 48;

/// Rows of red, green and blue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// The difference of two pictures.
#[derive(Debug)]
pub(crate) enum Difference {
    /// Width and height of the new picture and of the accepted one.
    Size([(usize, usize); 2]),
    Pixels {
        /// The number of pixels that differ.
        many: usize,
        /// The number of all pixels.
        all: usize,
        /// The first and the last column with a difference, and the first and the last row.
        within: [usize; 4],
        /// The new picture, with the differences in red.
        shown: Picture,
    },
}

impl Picture {
    pub(crate) fn of_png(bytes: &[u8]) -> Result<Self, String> {
        Self::read(Cursor::new(bytes)).map_err(|error| format!("no PNG: {error}"))
    }

    /// Loads a picture from a file; `None` if there is no such file.
    pub(crate) fn load(path: &Path) -> Result<Option<Self>, String> {
        let Ok(file) = File::open(path) else {
            return Ok(None);
        };
        Self::read(BufReader::new(file))
            .map(Some)
            .map_err(|error| format!("{}: {error}", path.display()))
    }

    fn read(source: impl std::io::BufRead + std::io::Seek) -> Result<Self, String> {
        let mut decoder = Decoder::new(source);
        decoder.set_transformations(Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
        let size = reader.output_buffer_size().ok_or("it is too large")?;
        let mut bytes = vec![0; size];
        let info = reader
            .next_frame(&mut bytes)
            .map_err(|error| error.to_string())?;
        let step = match info.color_type {
            ColorType::Rgb => 3,
            ColorType::Rgba => 4,
            other => return Err(format!("{other:?} is not supported")),
        };
        let pixels = bytes[..info.buffer_size()]
            .chunks_exact(step)
            .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
            .collect();
        Ok(Self {
            width: info.width as usize,
            height: info.height as usize,
            pixels,
        })
    }

    /// Returns the width and the height.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Returns red, green and blue of a pixel.
    ///
    /// # Panics
    ///
    /// Panics outside the picture.
    pub(crate) fn pixel(&self, x: usize, y: usize) -> [u8; PIXEL] {
        let at = (y * self.width + x) * PIXEL;
        [0, 1, 2].map(|channel| self.pixels[at + channel])
    }

    /// Writes the picture with the smallest file size.
    pub(crate) fn save(&self, path: &Path) {
        let file = File::create(path).expect("a file for a picture");
        let size = |length: usize| u32::try_from(length).expect("a picture is not that large");
        let mut encoder = Encoder::new(BufWriter::new(file), size(self.width), size(self.height));
        encoder.set_depth(BitDepth::Eight);
        encoder.set_compression(Compression::High);
        match self.indexed() {
            Some((palette, indices)) => {
                encoder.set_color(ColorType::Indexed);
                encoder.set_palette(palette);
                encoder.set_filter(Filter::NoFilter);
                let mut writer = encoder.write_header().expect("the head of a PNG");
                writer
                    .write_image_data(&indices)
                    .expect("the pixels of a PNG");
            }
            None => {
                encoder.set_color(ColorType::Rgb);
                encoder.set_filter(Filter::Adaptive);
                let mut writer = encoder.write_header().expect("the head of a PNG");
                writer
                    .write_image_data(&self.pixels)
                    .expect("the pixels of a PNG");
            }
        }
    }

    /// Returns the palette and the index of each pixel; `None` for too many colours.
    fn indexed(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let mut colours = std::collections::HashMap::new();
        let mut palette = Vec::new();
        let mut indices = Vec::new();
        for pixel in self.pixels.chunks_exact(PIXEL) {
            let next = colours.len();
            let index = *colours.entry(pixel).or_insert_with(|| {
                palette.extend_from_slice(pixel);
                next
            });
            indices.push(u8::try_from(index).ok()?);
        }
        Some((palette, indices))
    }

    /// Returns the picture with fewer colours, for a small file. The change is not visible, and
    /// [`Picture::difference`] ignores it.
    pub(crate) fn coarse(&self) -> Self {
        let pixels = self
            .pixels
            .iter()
            .map(|channel| channel / 16 * 16 + 8)
            .collect();
        Self {
            pixels,
            ..self.clone()
        }
    }

    /// Compares with the accepted picture. Returns `None` if the differences are not visible.
    pub(crate) fn difference(&self, accepted: &Self) -> Option<Difference> {
        let sizes = [self, accepted].map(|it| (it.width, it.height));
        if sizes[0] != sizes[1] {
            return Some(Difference::Size(sizes));
        }
        let mut many = 0;
        let mut within = [usize::MAX, 0, usize::MAX, 0];
        let across = self.width.div_ceil(TILE);
        let mut tiles = vec![0; across * self.height.div_ceil(TILE)];
        let shown = self
            .pixels
            .chunks_exact(PIXEL)
            .zip(accepted.pixels.chunks_exact(PIXEL))
            .enumerate()
            .flat_map(|(at, (ours, theirs))| {
                let far = ours.iter().zip(theirs).any(|(a, b)| a.abs_diff(*b) > NEAR);
                many += usize::from(far);
                let (x, y) = (at % self.width, at / self.width);
                tiles[y / TILE * across + x / TILE] += usize::from(far);
                if far {
                    let [left, right, top, bottom] = within;
                    within = [left.min(x), right.max(x), top.min(y), bottom.max(y)];
                    [255, 0, 0]
                } else {
                    // Pale, so that the red stands out.
                    [ours[0], ours[1], ours[2]].map(|channel| 192 + channel / 4)
                }
            })
            .collect();
        let shown = Self {
            pixels: shown,
            ..self.clone()
        };
        let all = self.width * self.height;
        let dense = tiles.into_iter().any(|many| many > IN_A_TILE);
        (dense || many > FEW.max(all / SHARE)).then_some(Difference::Pixels {
            many,
            all,
            within,
            shown,
        })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size([(width, height), (old_width, old_height)]) => write!(
                f,
                "the size is {width} × {height}, accepted is {old_width} × {old_height}"
            ),
            Self::Pixels {
                many,
                all,
                within: [left, right, top, bottom],
                ..
            } => write!(
                f,
                "{many} of {all} pixels differ, from column {left} to {right} and from row {top} to {bottom}"
            ),
        }
    }
}
