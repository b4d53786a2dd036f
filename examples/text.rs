//! Prints the text of files, as spans count it: `text FILE…`.
use taizhang::text;

fn main() {
    for file in std::env::args().skip(1) {
        match text::read(&file, &std::fs::read(&file).expect("readable")) {
            Ok(read) => print!("{}", read.text.as_str()),
            Err(error) => eprintln!("{error}"),
        }
    }
}
