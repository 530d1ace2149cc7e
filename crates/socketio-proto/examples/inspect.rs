//! A tool for reading captured frames: reads one frame per line, and describes it.
//!
//! ```sh
//! cargo run -p socketio-proto --example inspect < frames.txt
//! ```

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::process::ExitCode;

use socketio_proto::Limits;

#[path = "inspect/lib.rs"]
mod inspect;

use inspect::{Inspector, Mode, answer};

const HELP: &str = "\
Reads Socket.IO frames from standard input, one a line, and prints what each one is, one line a frame.

Usage: inspect [OPTIONS]

By default a line is a text frame as copied from a browser's network panel; a leading arrow or blank is let
pass. A binary frame can be written as `b` and its base64, a line `reset` begins a new connection.

  42/mofang,7[\"login\",{\"uid\":\"7\"}]
  ↓ 451-[\"x\",{\"_placeholder\":true,\"num\":0}]
  bAQI=

Options:
  --json             each line is JSON: a string (a text frame), {\"base64\":\"…\"} (a binary frame) or
                     {\"reset\":true} (a new connection); each is answered by one line of JSON
  --attachments N    most attachments of a packet (default 10)
  --packet-bytes N   most bytes of a packet, attachments included (default 16777216)
  --nesting N        deepest nesting of a payload (default 512)
  -h, --help         this text

Colours are used on a terminal, unless NO_COLOR is set.
";

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("inspect: {problem}\n`inspect --help` describes the options.");
            return ExitCode::from(2);
        }
    };
    let done = if options.help {
        io::stdout().write_all(HELP.as_bytes())
    } else {
        run(&options)
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // The reader closed the pipe, as in `inspect | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("inspect: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> io::Result<()> {
    let mut inspector = Inspector::new(options.limits);
    let mut stdin = io::stdin().lock();
    let mut stdout = io::stdout().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        if stdin.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        let answer = answer(&mut inspector, options.mode, &line);
        writeln!(stdout, "{answer}")?;
        // Another program may wait for each answer before it writes the next line.
        stdout.flush()?;
    }
}

struct Options {
    mode: Mode,
    limits: Limits,
    help: bool,
}

impl Options {
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let color = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let mut options = Self {
            mode: Mode::Plain { color },
            limits: Limits::default(),
            help: false,
        };
        while let Some(arg) = args.next() {
            let (flag, value) = match arg.split_once('=') {
                Some((flag, value)) => (flag, Some(value.to_owned())),
                None => (arg.as_str(), None),
            };
            let mut number = || {
                let value = value.clone().or_else(|| args.next());
                let value = value.ok_or_else(|| format!("{flag} needs a number"))?;
                value
                    .parse()
                    .map_err(|_| format!("{flag}: {value:?} is no number"))
            };
            match flag {
                "--json" => options.mode = Mode::Json,
                "--attachments" => options.limits.attachments = number()?,
                "--packet-bytes" => options.limits.packet_bytes = number()?,
                "--nesting" => options.limits.nesting = number()?,
                "-h" | "--help" => options.help = true,
                _ => return Err(format!("unknown option {arg:?}")),
            }
        }
        Ok(options)
    }
}
