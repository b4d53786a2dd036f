//! Mutations of real plans: each four bytes of the input take a stretch of a seed document and put it, once or several
//! times, behind what is there; so the fuzzer writes documents of real words in impossible order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static SEEDS: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
    [
        include_str!("../../seeds/documents/hubei-2024.txt"),
        include_str!("../../seeds/documents/jiangmen-2019.txt"),
        include_str!("../../seeds/documents/linfen-2022.txt"),
        include_str!("../../seeds/documents/national-2023h2.txt"),
        include_str!("../../seeds/documents/qijiang-2022.txt"),
        "第一章总则第一条第一节1.1（1）①——附件1：目录序号\t任务\t牵头单位\t完成时限\n（责任单位：；配合单位：、等）【牵头部门】〔2022〕3号《〈〉》10%至15%、不低于30万元以上由20提高到每年年底前“十四五”末",
    ]
    .map(|text| text.chars().collect())
    .to_vec()
});

fuzz_target!(|bytes: &[u8]| {
    let mut text = String::new();
    for piece in bytes.chunks_exact(4).take(200) {
        let &[seed, high, low, shape] = piece else { continue };
        let seed = &SEEDS[usize::from(seed) % SEEDS.len()];
        let from = usize::from(u16::from_be_bytes([high, low])) % seed.len();
        let length = 1 + usize::from(shape % 64);
        let stretch = &seed[from..(from + length).min(seed.len())];
        for _ in 0..=(shape >> 6) {
            text.extend(stretch);
        }
    }
    taizhang_fuzz::parse(&text);
});
