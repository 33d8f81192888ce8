// Vietnamese typing in the page: Telex and VNI. It works on the text itself, not on a record of keys, so that the caret may come
// from anywhere; the only memory is which word was set free by a repeated key.
"use strict";

// MARK: Letters

const PLAIN = "aeiouyd";
// Rows: base letter, mark ("" none, ^ hat, ( breve, + horn, - stroke); columns: no tone, s f r x j.
const LETTERS = new Map();
const LETTER_OF = new Map();
for (const row of [
  "a a á à ả ã ạ", "a^ â ấ ầ ẩ ẫ ậ", "a( ă ắ ằ ẳ ẵ ặ", "e e é è ẻ ẽ ẹ", "e^ ê ế ề ể ễ ệ", "i i í ì ỉ ĩ ị", "o o ó ò ỏ õ ọ",
  "o^ ô ố ồ ổ ỗ ộ", "o+ ơ ớ ờ ở ỡ ợ", "u u ú ù ủ ũ ụ", "u+ ư ứ ừ ử ữ ự", "y y ý ỳ ỷ ỹ ỵ", "d d", "d- đ",
]) {
  const [name, ...letters] = row.split(" ");
  letters.forEach((letter, index) => {
    const tone = index === 0 ? "" : "sfrxj"[index - 1];
    LETTERS.set(letter, { base: name[0], mark: name.slice(1), tone });
    LETTER_OF.set(name + tone, letter);
  });
}

const isVowel = (letter) => "aeiouy".includes(letter.base);

function lettersOf(word) {
  return [...word.normalize("NFC")].map((character) => {
    const lower = character.toLowerCase();
    const known = LETTERS.get(lower) ?? { base: lower, mark: "", tone: "" };
    return { ...known, upper: lower !== character, own: PLAIN.includes(known.base) ? null : character };
  });
}

function textOf(letters) {
  return letters.map((letter) => {
    if (letter.own !== null) return letter.own;
    const text = LETTER_OF.get(letter.base + letter.mark + letter.tone);
    return letter.upper ? text.toUpperCase() : text;
  }).join("");
}

// MARK: Syllables

// Every rhyme of the language without its tone: what is none of them, and no beginning of one, takes no tone. A final k is that of
// place names ("Đắk Lắk").
const RHYMES = `
  a ac ach ai ak am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âk âm ân âng âp ât âu ây
  e ec ek em en eng eo ep et ê êch êk êm ên êng ênh êp êt êu
  i ia ich ik im in inh ip it iu iêc iêk iêm iên iêng iêp iêt iêu y ych yn ynh yp yt yêm yên yêng yêt yêu
  o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăk oăm oăn oăng oăt oc oe oem oen oeng oeo oet oi ok om on ong ooc oong op ot
  ô ôc ôi ôk ôm ôn ông ôp ôt ơ ơi ơk ơm ơn ơp ơt
  u ua uc ui uk um un ung up ut uâ uân uâng uât uây uê uêch uên uênh uêu uơ uôc uôi uôk uôm uôn uông uôt
  uy uya uych uyn uynh uyp uyt uyu uyên uyêt
  ư ưa ưc ưi ưk ưm ưn ưng ưt ưu ươc ươi ươk ươm ươn ương ươp ươt ươu`.trim().split(/\s+/).map(lettersOf);

const baseOf = (letters) => letters.map((letter) => letter.base).join("");

// Initials of the language, and the clusters of the minorities' names that do take tones ("K'Brểu"); not those of "Kbuôr", "Ksor".
const INITIAL = /^(?:[bcdfghjklmnpqrstvwxz]?|[cgknpt]h|ng|ngh|tr|gi|qu|[bcdgkmpst][lr])$/;

// The last syllable: what comes before its vowels, the vowels, what follows. null where there is no vowel.
function parse(letters) {
  let end = letters.length;
  while (end > 0 && !isVowel(letters[end - 1])) end -= 1;
  let start = end;
  while (start > 0 && isVowel(letters[start - 1])) start -= 1;
  if (start === end) return null;
  // The u of "qu" and the i of "gi" belong to the initial where another vowel follows.
  const before = start > 0 ? letters[start - 1].base : "";
  const first = letters[start];
  if (end - start > 1 && first.mark === "" && start < 2 && ((before === "q" && first.base === "u") || (before === "g" && first.base === "i"))) {
    start += 1;
  }
  return { start, end };
}

// Whether these vowels and finals can still become a rhyme by more keys; marks that are set have to be right.
function isBeginning(rhyme) {
  return RHYMES.some((other) => other.length >= rhyme.length && rhyme.every((letter, index) => letter.base === other[index].base && (letter.mark === "" || letter.mark === other[index].mark)));
}

function isSyllable(letters, place) {
  return INITIAL.test(baseOf(letters.slice(0, place.start))) && isBeginning(letters.slice(place.start));
}

// MARK: Tones

// Where a tone can be: "gì" typed on to "giàu" has it on the i of the initial still.
const firstVowel = (letters, { start }) => (start > 0 && isVowel(letters[start - 1]) ? start - 1 : start);

function toneOf(letters, place) {
  for (let index = firstVowel(letters, place); index < place.end; index += 1) if (letters[index].tone) return letters[index].tone;
  return "";
}

// Which vowel carries the tone.
function carrier(letters, place, isOld) {
  const { start, end } = place;
  for (let index = end - 1; index >= start; index -= 1) if (letters[index].mark !== "") return index;
  const count = end - start;
  const hasFinal = end < letters.length;
  if (count === 1) return start;
  if (hasFinal) return end - 1;
  const vowels = baseOf(letters.slice(start, end));
  if (count === 2) return ["oa", "oe", "uy"].includes(vowels) && !isOld ? start + 1 : start;
  return vowels === "uye" ? end - 1 : start + 1;
}

function setTone(letters, place, tone, isOld) {
  const from = firstVowel(letters, place);
  const result = letters.map((letter, index) => (index >= from && index < place.end ? { ...letter, tone: "" } : { ...letter }));
  if (tone) result[carrier(result, place, isOld)].tone = tone;
  return result;
}

// MARK: One key

// What a key does to a word: the letters afterwards, or null where it is a letter like any other. `at` is where the caret stands:
// only letters before it are changed, tones count for the whole syllable.
class Composer {
  constructor(method, isOld) {
    this.method = method;
    this.isOld = isOld;
  }

  // What the key asks for.
  wish(key) {
    const lower = key.toLowerCase();
    if (this.method === "telex") {
      if ("sfrxjz".includes(lower)) return { tone: lower === "z" ? "" : lower };
      if ("aeo".includes(lower)) return { marks: [[lower, "^"]] };
      if (lower === "w") return { marks: [["u", "+"], ["o", "+"], ["a", "("]] };
      return lower === "d" ? { stroke: true } : null;
    }
    if ("123450".includes(lower)) return { tone: { 1: "s", 2: "f", 3: "r", 4: "x", 5: "j", 0: "" }[lower] };
    if (lower === "6") return { marks: [["a", "^"], ["e", "^"], ["o", "^"]] };
    if (lower === "7") return { marks: [["u", "+"], ["o", "+"]] };
    if (lower === "8") return { marks: [["a", "("]] };
    return lower === "9" ? { stroke: true } : null;
  }

  isTone(key) { return this.wish(key)?.tone !== undefined; }

  // { letters, undone } or null.
  press(letters, at, key) {
    const wish = this.wish(key);
    if (wish === null) return null;
    if (wish.stroke) return this.stroke(letters, at);
    const place = parse(letters);
    if (place === null || place.start >= at) return null;
    return wish.marks ? this.mark(letters, place, at, wish.marks, key) : this.tone(letters, place, wish.tone);
  }

  tone(letters, place, tone) {
    const now = toneOf(letters, place);
    if (tone === "") return now === "" ? null : { letters: setTone(letters, place, "", this.isOld) };
    if (now === tone) return { letters: setTone(letters, place, "", this.isOld), undone: true };
    if (!isSyllable(letters, place)) return null;
    // A syllable that ends in a stop has only two tones.
    const final = baseOf(letters.slice(place.end));
    if ("frx".includes(tone) && ["c", "ch", "k", "p", "t"].includes(final)) return null;
    return { letters: setTone(letters, place, tone, this.isOld) };
  }

  stroke(letters, at) {
    // The d right before the caret, or the one that begins a syllable.
    let index = at - 1;
    if (index < 0 || letters[index].base !== "d") {
      const place = parse(letters);
      if (place === null || place.start !== 1 || letters[0].base !== "d" || place.start >= at) return null;
      if (!isSyllable(letters, place)) return null;
      index = 0;
    }
    const undone = letters[index].mark === "-";
    const result = letters.map((letter) => ({ ...letter }));
    result[index].mark = undone ? "" : "-";
    return { letters: result, undone };
  }

  mark(letters, place, at, marks, key) {
    const tone = toneOf(letters, place);
    const end = Math.min(place.end, at);
    const targets = this.targets(letters, place, end, marks);
    const isRepeating = this.method === "telex" && key.toLowerCase() !== "w";
    for (const indices of targets) {
      const result = letters.map((letter) => ({ ...letter }));
      for (const index of indices) result[index].mark = marks.find(([base]) => base === result[index].base)[1];
      if (indices.every((index) => letters[index].mark === result[index].mark)) continue;
      // Two letters of a kind side by side are always one with its mark, in names of other languages too ("Êban", "Ênuôl").
      const isBeside = indices.length === 1 && indices[0] === at - 1;
      if (!isBeginning(result.slice(place.start)) && !(isBeside && (isRepeating || !isBeginning(letters.slice(place.start))))) continue;
      return { letters: tone ? setTone(result, place, tone, this.isOld) : result };
    }
    // Nothing left to mark: the same key again takes the marks away.
    const marked = [];
    for (let index = place.start; index < end; index += 1) {
      if (marks.some(([base, mark]) => base === letters[index].base && mark === letters[index].mark)) marked.push(index);
    }
    const isBeside = marked.at(-1) === at - 1;
    if (marked.length === 0 || !(isBeside || isBeginning(letters.slice(place.start)))) return null;
    const result = letters.map((letter, index) => (marked.includes(index) ? { ...letter, mark: "" } : { ...letter }));
    return { letters: tone ? setTone(result, place, tone, this.isOld) : result, undone: true };
  }

  // The letters that a key can mean, the likeliest first; each a list of indices that are marked together.
  targets(letters, place, end, marks) {
    const takes = (index) => marks.some(([base]) => base === letters[index].base);
    const targets = [];
    for (let index = place.start; index + 1 < end; index += 1) {
      if (!marks.some(([, mark]) => mark === "+") || letters[index].base !== "u" || letters[index + 1].base !== "o") continue;
      // "thuở", "huơ", "khuơ" keep their u; what follows makes "ươ" of it (see `settle`).
      const initial = baseOf(letters.slice(0, place.start));
      const isOpen = index + 2 === letters.length;
      if (isOpen && ["h", "th", "kh"].includes(initial) && letters[index].mark === "") targets.push([index + 1]);
      else targets.push([index, index + 1]);
      return targets;
    }
    for (let index = place.start; index < end; index += 1) if (takes(index)) targets.push([index]);
    // "ưa", "ưu", "ưi": the first; a hat or a breve rather sits on the last.
    return marks.some(([, mark]) => mark === "+") ? targets : targets.reverse();
  }

  // A word after a letter was put in or taken out: "uơ" and "ưo" before another letter are "ươ", and the tone is where it belongs.
  settle(letters, isGrowing) {
    const place = parse(letters);
    if (place === null || !INITIAL.test(baseOf(letters.slice(0, place.start)))) return letters;
    let result = letters;
    const [first, second] = [letters[place.start], letters[place.start + 1]];
    const isMore = letters.length > place.start + 2;
    if (isGrowing && isMore && first.base === "u" && second.base === "o" && [first, second].filter((one) => one.mark === "+").length === 1) {
      const changed = letters.map((letter, index) => (index - place.start < 2 && index >= place.start ? { ...letter, mark: "+" } : letter));
      if (isBeginning(changed.slice(place.start))) result = changed;
    }
    const tone = toneOf(result, place);
    return tone && isBeginning(result.slice(place.start)) ? setTone(result, place, tone, this.isOld) : result;
  }
}
