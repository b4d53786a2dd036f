//! Bodies: a list of names as printed becomes names written out whole.
//!
//! In: the ranges of a list's statements in a passage's text, and the registry. Out: [`Body`]s in order, each with its
//! printed range and its name with shared heads and tails restored. Guarantee: printed ranges do not overlap; every
//! printed name gives a body, known to the registry or not.

pub mod bracket;
pub mod kind;

use super::Rule;
use crate::lexicon::{Departments, How};
use crate::text::work::{self, Stage};
use kind::{Head, Sure};
use std::ops::Range;

/// One name in a list, as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where it stands.
    pub range: Range<usize>,
    /// The statement that it stands in; heads reach over statements, tails do not.
    pub statement: usize,
    /// True where the statement ends in 等部门: a stem (教育) is short for 教育部门.
    pub of_departments: bool,
}

/// One body of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The name, written out whole.
    pub name: String,
    /// The name as printed.
    pub printed: Range<usize>,
    /// The statement that it stands in.
    pub statement: usize,
    /// Rules that made the name.
    pub why: Vec<Rule>,
}

/// Words that join two names; those that are verbs at heart join only what ends like a body.
const JOINTS: [(&str, bool); 8] = [
    ("以及", false),
    ("和", false),
    ("及", false),
    ("与", false),
    ("暨", false),
    ("会同", true),
    ("联合", true),
    ("商", true),
];

/// Bytes beyond which a stretch without 、 is a sentence and no names joined by 和.
const LONGEST: usize = 400;

/// Functions whose bodies never take a level word in front, since none stands before their full names either.
const NEVER_HEADED: [&str; 24] = [
    "government",
    "zone-committee",
    "localities",
    "relevant-departments",
    "member-units",
    "internal-division",
    "township",
    "subdistrict",
    "customs",
    "central-bank",
    "hospital",
    "hospital-public",
    "medical-institutions",
    "higher-education",
    "banks",
    "insurers",
    "central-military",
    "military-health",
    "xpcc",
    "industry-associations",
    "petro-company",
    "rail-company",
    "china-post",
    "telecom-operators",
];

/// Bodies of the state's own line in a place, called by the place and no level (河南证监局).
const IN_PLACES: [&str; 6] =
    ["securities", "banking-insurance", "financial-regulation", "foreign-exchange", "customs", "maritime"];

/// Cuts `range` into names at 、 and at joints between names.
pub fn split(text: &str, range: Range<usize>, registry: &Departments) -> Vec<Range<usize>> {
    let mut items = Vec::new();
    for (piece, _) in bracket::split(text, range, |c| matches!(c, '、' | '/')) {
        split_joints(text, piece, registry, &mut items);
    }
    items.retain(|item| !item.is_empty());
    items
}

fn split_joints(text: &str, piece: Range<usize>, registry: &Departments, items: &mut Vec<Range<usize>>) {
    work::count(Stage::Group, piece.len());
    let get = |range: Range<usize>| text.get(range).unwrap_or_default();
    if piece.len() > LONGEST {
        items.push(piece);
        return;
    }
    let mut start = piece.start;
    let mut depth = 0_usize;
    let mut skip = piece.start;
    for (offset, c) in get(piece.clone()).char_indices() {
        let at = piece.start + offset;
        match bracket::kind(c) {
            Some((_, true)) => depth += 1,
            Some((_, false)) => depth = depth.saturating_sub(1),
            None => {}
        }
        if depth > 0 || at < skip {
            continue;
        }
        let rest = get(at..piece.end);
        let Some((joint, verb)) = JOINTS.iter().find(|(joint, _)| rest.starts_with(joint)) else { continue };
        let (left, right) = (get(start..at), get(at + joint.len()..piece.end));
        skip = at + joint.len();
        if parts(left, joint, right, *verb, registry) {
            items.push(start..at);
            start = skip;
        }
    }
    items.push(start..piece.end);
}

/// True where `joint` stands between two bodies and not inside one name.
fn parts(left: &str, joint: &str, right: &str, verb: bool, registry: &Departments) -> bool {
    work::count(Stage::Group, left.len() + right.len());
    if right.is_empty() {
        return false;
    }
    if left.is_empty() {
        return !verb && !kind::begins_with_a_name(&format!("{joint}{right}"), registry);
    }
    // 中央和国家机关工委, 国家发展和改革委员会: what stands in the table as one name is one.
    if registry.how(&format!("{left}{joint}{right}")) == Some(How::Alias) {
        return false;
    }
    // 有关部门和单位, 各市州党委和政府: the second word shares the head of the first.
    let shared = ["政府", "人民政府", "办事处", "街道办事处", "管委会", "管理委员会"];
    let each = kind::is_each(left);
    if kind::is_empty_word(right) || shared.contains(&right) && (each || right.ends_with("政府")) {
        return false;
    }
    if kind::is_kind_of_place(left) && kind::kinds_of_places(right).is_some() {
        return !each && !kind::is_kind_of_government(right);
    }
    if verb {
        return kind::ends_like_a_body(left) && kind::sure(right, registry) == Sure::Known;
    }
    if kind::is_place(left, registry) && kind::level_of_place(left).is_some() {
        return true;
    }
    let left_sure = kind::sure(left, registry);
    let own_head = || !matches!(kind::head(right, registry), Head::Bare);
    if left_sure == Sure::Known && own_head() && kind::sure(right, registry) == Sure::Known {
        return true;
    }
    !within_name(left, joint, right, registry)
        && !registry.and_inside_name(left, joint, right)
        && kind::ends_like_a_body(kind::without_bracket(left))
}

/// True where `joint` stands inside a name of the registry, whatever follows that name (中小企业和民营经济发展局以及…).
fn within_name(left: &str, joint: &str, right: &str, registry: &Departments) -> bool {
    work::count(Stage::Group, left.len() + right.len());
    let ends = JOINTS.iter().flat_map(|(joint, _)| right.match_indices(joint).map(|(at, _)| at));
    ends.chain([right.len()]).any(|end| {
        let name = format!("{left}{joint}{}", right.get(..end).unwrap_or_default());
        registry.how(&name).is_some_and(|how| how <= How::Stripped)
    })
}

/// Items as bodies: collectives said with 、 put together, shared tails and heads restored.
pub fn restore(text: &str, items: &[Item], registry: &Departments) -> Vec<Body> {
    let mut bodies = collect(text, items, registry);
    restore_tails(&mut bodies, registry);
    restore_heads(&mut bodies, registry);
    bodies
}

/// Puts together what is one collective (各省、自治区、直辖市人民政府) and leaves off what a name does not need.
fn collect(text: &str, items: &[Item], registry: &Departments) -> Vec<Body> {
    let get = |range: Range<usize>| text.get(range).unwrap_or_default();
    let mut bodies = Vec::new();
    let mut next = 0;
    while let Some(item) = items.get(next) {
        let length = collective_length(text, items.get(next..).unwrap_or_default(), registry);
        let last = items.get(next + length - 1).unwrap_or(item);
        let whole = get(item.range.start..last.range.end);
        let printed = if length > 1 { whole } else { kind::without_bracket(whole) };
        let mut why = if length > 1 { vec!["body.collective"] } else { Vec::new() };
        let mut name = printed.to_owned();
        if item.of_departments && is_stem(printed, registry) {
            name.push_str("部门");
            why.push("body.tail-restored");
        }
        bodies.push(Body {
            name,
            printed: item.range.start..item.range.start + printed.len(),
            statement: item.statement,
            why,
        });
        next += length;
    }
    bodies
}

/// True for what is short for a department (教育; 公安, though a county is called so too), not for a place.
fn is_stem(name: &str, registry: &Departments) -> bool {
    let bureau = || registry.how(&format!("{name}局")) == Some(How::Alias);
    !kind::ends_like_a_body(name) && (!kind::is_place(name, registry) || bureau())
}

/// How many items from the first on are one collective.
fn collective_length(text: &str, items: &[Item], registry: &Departments) -> usize {
    work::count(Stage::Group, 1);
    let get = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let Some(first) = items.first() else { return 1 };
    let same = |item: &&Item| item.statement == first.statement;
    let name = get(&first.range);
    let each = kind::is_each(name);
    // 省有关部门、单位.
    if let Some(second) = items.get(1).filter(same)
        && name.ends_with("部门")
        && get(&second.range) == "单位"
    {
        return 2;
    }
    // 各市党委、政府.
    if each
        && kind::is_kind_of_government(name)
        && name.ends_with("党委")
        && items.get(1).filter(same).is_some_and(|second| ["政府", "人民政府"].contains(&get(&second.range)))
    {
        return 2;
    }
    if !kind::is_kind_of_place(name) {
        return 1;
    }
    // 各区、各县(市、区)人民政府: who is said to be each twice is two.
    let anew = items.iter().take(9).skip(1).position(|item| get(&item.range).starts_with('各')).filter(|_| each);
    let items = anew.map_or(items, |n| items.get(..=n).unwrap_or(items));
    let run = items.iter().take(8).take_while(same).take_while(|item| kind::is_kind_of_place(get(&item.range))).count();
    if let Some(last) = items.get(run).filter(same)
        && let Some(tail) = kind::kinds_of_places(get(&last.range))
    {
        if kind::is_kind_of_government(get(&last.range)) {
            return run + 1;
        }
        let one_head = items.get(1..=run).unwrap_or_default().iter().all(|i| !get(&i.range).starts_with("各"));
        // 各市、县(市、区)教育局 is one; 各区、市教育局 says 各区 and 市教育局.
        let mixed = get(&last.range).strip_suffix(tail).is_some_and(|kinds| kinds.chars().count() > 1);
        if each && one_head && mixed && kind::sure(tail, registry) == Sure::Known {
            return run + 1;
        }
    }
    let more = items.get(1..run).unwrap_or_default();
    if each { 1 + more.iter().take_while(|item| !get(&item.range).starts_with("各")).count() } else { 1 }
}

/// 台山市、开平市、恩平市政府: a place alone takes the tail of the place behind it. 教育、财政部门: so does a stem.
fn restore_tails(bodies: &mut [Body], registry: &Departments) {
    work::count(Stage::Group, bodies.len());
    let mut tail: Option<(usize, String, bool)> = None;
    for body in bodies.iter_mut().rev() {
        if tail.as_ref().is_some_and(|(statement, ..)| *statement != body.statement) {
            tail = None;
        }
        let level_alone = kind::is_kind_of_place(&body.name) && !body.name.starts_with("各");
        if level_alone || kind::is_place(&body.name, registry) {
            if let Some((_, words, of_place)) = &tail
                && *of_place != level_alone
            {
                body.name.push_str(words);
                body.why.push("body.tail-restored");
            }
            continue;
        }
        // 市城乡一体化示范区、高新区管委会: a zone that the registry does not know.
        if let Some((_, words, true)) = &tail
            && ["管委会", "管理委员会"].contains(&&**words)
            && body.name.ends_with('区')
            && !kind::is_collective(&body.name, registry)
        {
            body.name.push_str(words);
            body.why.push("body.tail-restored");
            continue;
        }
        // 移动、电信、联通公司.
        if let Some((_, words, _)) = &tail
            && words == "公司"
            && body.name.chars().count() <= 4
            && registry.how(&format!("{}公司", body.name)) == Some(How::Alias)
        {
            body.name.push_str("公司");
            body.why.push("body.tail-restored");
            continue;
        }
        if let Some((_, words, _)) = &tail
            && words == "部门"
            && is_stem(&body.name, registry)
            && !kind::is_collective(&body.name, registry)
        {
            body.name.push_str("部门");
            body.why.push("body.tail-restored");
            continue;
        }
        let of =
            |head: &str, place| body.name.strip_prefix(head).map(|words| (body.statement, words.to_owned(), place));
        tail = match kind::head(&body.name, registry) {
            Head::Level(head) => of(&head, false),
            Head::Place(head) | Head::Short(head) => of(&head, true),
            Head::Each(head) if !head.is_empty() => of(&head, false),
            _ => None,
        }
        .filter(|(_, words, _)| !words.is_empty());
        if body.name.ends_with("部门") && !kind::is_collective(&body.name, registry) {
            tail = Some((body.statement, "部门".to_owned(), false));
        }
        if body.name.ends_with("公司") && body.name.chars().count() <= 6 {
            tail = Some((body.statement, "公司".to_owned(), false));
        }
    }
}

/// A bare name takes the head of the nearest earlier body that bears one, else the level word of the first later one.
fn restore_heads(bodies: &mut [Body], registry: &Departments) {
    work::count(Stage::Group, bodies.len());
    let first_level = bodies.iter().find_map(|body| match kind::head(&body.name, registry) {
        Head::Level(level) => Some(level),
        Head::Place(place) if gives_head(&body.name, registry) => kind::level_of_place(&place).map(ToOwned::to_owned),
        _ => None,
    });
    let mut head: Option<String> = None;
    let mut place: Option<String> = None;
    let mut committee = false;
    let mut each_of: Option<usize> = None;
    for body in bodies {
        // 各盟行政公署、市人民政府, 各镇人民政府、街道办事处: 各 holds for both.
        if each_of == Some(body.statement)
            && kind::is_kind_of_government(&body.name)
            && !body.name.starts_with(['各', '省'])
        {
            body.name.insert(0, '各');
            body.why.push("body.head-restored");
        }
        each_of = (body.name.starts_with('各') && kind::is_kind_of_government(&body.name)).then_some(body.statement);
        match kind::head(&body.name, registry) {
            Head::Bare if takes_head(&body.name, registry) => {
                let function = registry.resolve(&body.name).and_then(|found| found.functions.first().copied());
                let whose =
                    if let Some(place) = place.as_ref().filter(|_| function.is_some_and(|f| IN_PLACES.contains(&f))) {
                        place.clone()
                    } else if let Some(head) = head.as_ref().or(first_level.as_ref()) {
                        let of_committee = committee && registry.known(&format!("委{}", body.name));
                        if of_committee { format!("{head}委") } else { head.clone() }
                    } else {
                        continue;
                    };
                body.name.insert_str(0, &whose);
                body.why.push("body.head-restored");
            }
            Head::Level(level) => {
                let rest = body.name.strip_prefix(&*level).unwrap_or_default();
                committee = rest.strip_prefix('委').is_some_and(|rest| !rest.is_empty());
                head = Some(level);
                place = None;
            }
            Head::Place(whole) if gives_head(&body.name, registry) => {
                let rest = body.name.strip_prefix(&*whole).unwrap_or_default();
                committee = rest.strip_prefix('委').is_some_and(|rest| !rest.is_empty());
                head = Some(whole);
                place = None;
            }
            Head::Each(each) if !each.is_empty() && gives_head(&body.name, registry) => {
                (head, place, committee) = (Some(each), None, false);
            }
            Head::Short(whole) => place = Some(whole),
            _ => place = None,
        }
    }
}

/// True for a bare name that in full would bear a level word.
fn takes_head(name: &str, registry: &Departments) -> bool {
    let in_middle = ["省委", "市委", "区委", "县委", "州委"].iter().any(|word| name.contains(word));
    if in_middle || name.ends_with("部门") || kind::is_collective(name, registry) || kind::is_empty_word(name) {
        return false;
    }
    // 民航华东地区管理局: the state's own line in a region, nobody's here.
    if COMPASS.iter().any(|region| name.contains(region)) {
        return false;
    }
    let short = name.chars().count() <= 8;
    match registry.resolve(name) {
        Some(found) if found.how <= How::Merged => {
            let Some(function) = found.functions.first() else { return true };
            // 供电公司 is a town's; 宝武集团 is its own.
            let of_town = registry.get(function).is_none_or(|f| &*f.kind != "state-enterprise")
                || short && name.ends_with("公司");
            of_town && (!NEVER_HEADED.contains(function) || IN_PLACES.contains(function))
        }
        // A bureau that the registry has never heard of; those of regions are nobody's here.
        _ => {
            short
                && ["局", "厅", "委", "办"].iter().any(|end| name.ends_with(end))
                && !REGIONS.iter().any(|region| name.contains(region))
        }
    }
}

/// Regions of the state's own lines.
const COMPASS: [&str; 7] = ["华北", "华东", "华南", "华中", "西南", "西北", "东北"];

/// Words of other regions that a level word does not fit.
const REGIONS: [&str; 5] = ["地区", "流域", "长江", "黄河", "珠江"];

/// True where a name's head may hold for the names behind it: that of a department, not of a government or a crowd.
fn gives_head(name: &str, registry: &Departments) -> bool {
    !kind::is_kind_of_government(name)
        && !registry.resolve(name).and_then(|found| found.functions.first().copied()).is_some_and(|function| {
            [
                "government",
                "localities",
                "relevant-departments",
                "member-units",
                "zone-committee",
                "township",
                "subdistrict",
            ]
            .contains(&function)
        })
}
