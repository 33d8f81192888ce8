#!/usr/bin/env python3
"""Writes words.json: syllables of every Vietnamese rhyme in every tone, with the keys that type them in Telex and in VNI.

Made from tables of its own, not with the kiosk's typing engine, which is tested against it. `word` has the tone where the old
style puts it (hòa, thủy), `new` where the new one does (hoà, thuỷ) if that differs. Initials go round, so that every one occurs.
"""
import json
import pathlib
import unicodedata

# Rhymes; the letter that carries the tone is marked with ' behind it, in the new style with " where that differs.
OPEN = """
a' a'i a'o a'u a'y â'u â'y e' e'o ê' ê'u i' i'a i'u iê'u o' o'i o'a" o'e" oa'i oa'o oa'y oe'o ô' ô'i ơ' ơ'i
u' u'a u'i uê' uơ' uô'i uâ'y u'y" uy'a uy'u ư' ư'a ư'i ư'u ươ'i ươ'u yê'u
a'm a'n a'ng a'nh ă'm ă'n ă'ng â'm â'n â'ng e'm e'n e'ng ê'm ê'n ê'nh i'm i'n i'nh iê'm iê'n iê'ng
o'm o'n o'ng oo'ng oa'm oa'n oa'ng oa'nh oă'm oă'n oă'ng oe'n ô'm ô'n ô'ng ơ'm ơ'n
u'm u'n u'ng uâ'n uâ'ng uê'nh uô'm uô'n uô'ng uy'nh uyê'n ư'm ư'n ư'ng ươ'm ươ'n ươ'ng yê'm yê'n
""".split()
STOPPED = """
a'c a'ch a'p a't ă'c ă'k ă'p ă't â'c â'p â't e'c e'p e't ê'ch ê'p ê't i'ch i'p i't iê'c iê'p iê't
o'c o'p o't oo'c oa'c oa'ch oa'p oa't oă'c oă't oe't ô'c ô'p ô't ơ'p ơ't
u'c u'p u't uâ't uê'ch uô'c uô't uy'ch uy'p uy't uyê't ư'c ư't ươ'c ươ'p ươ't
""".split()
# After qu the u belongs to the initial.
QU = "a' a'i a'n a'ng a'nh a'y ă'n ă'ng â'n e' e'n ê' ê'n ơ' y' y'nh".split()
QU_STOPPED = "a'c a'ch a't ă'c ă't â't e't ê't ô'c y't".split()

TONES = {"": "", "s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
VNI_TONES = {"": "", "s": "1", "f": "2", "r": "3", "x": "4", "j": "5"}
TELEX = {"ươ": "uow", "uơ": "uow", "â": "aa", "ê": "ee", "ô": "oo", "ă": "aw", "ơ": "ow", "ư": "uw", "đ": "dd"}
VNI = {"ươ": "uo7", "uơ": "uo7", "â": "a6", "ê": "e6", "ô": "o6", "ă": "a8", "ơ": "o7", "ư": "u7", "đ": "d9"}
INITIALS = "b ch d đ h kh l m n nh ph r s t th tr v x c g ng gi".split()
FRONT = {"c": "k", "g": "gh", "ng": "ngh", "gi": "t"}
# Rhymes that stand after few initials only.
OWN = {"uơ": ["th", "h", "kh"], "oong": ["b", "x", "g", "c"], "ooc": ["m", "r", "s"], "oa": ["h", "t", "kh", "x", ""]}


def keys(text, table):
    # What a person with three hands would type for a letter twice ("xoong"): the hat comes and goes.
    if "oo" in text and table is TELEX:
        text = text.replace("oo", "ooo", 1)
    for letters in sorted(table, key=len, reverse=True):
        text = text.replace(letters, table[letters])
    return text


def word(initial, rhyme, tone, is_new):
    mark = '"' if is_new and '"' in rhyme else "'"
    text = rhyme.replace(mark, TONES[tone], 1).replace("'", "").replace('"', "")
    return unicodedata.normalize("NFC", initial + text)


def entry(initial, rhyme, tone):
    plain = rhyme.replace("'", "").replace('"', "")
    old, new = word(initial, rhyme, tone, False), word(initial, rhyme, tone, True)
    found = {"word": old, "telex": keys(initial + plain, TELEX) + tone, "vni": keys(initial + plain, VNI) + VNI_TONES[tone]}
    return found | ({"new": new} if new != old else {})


def main():
    entries, turn = [], 0
    for rhymes, tones in ((OPEN, TONES), (STOPPED, ["s", "j"])):
        for rhyme in rhymes:
            plain = rhyme.replace("'", "").replace('"', "")
            for tone in tones:
                turn += 1
                own = OWN.get(plain, [""] if plain[0] == "y" else INITIALS)
                initial = own[turn % len(own)]
                if plain[0] in "eêi":
                    initial = FRONT.get(initial, initial)
                entries.append(entry(initial, rhyme, tone))
    for rhymes, tones in ((QU, TONES), (QU_STOPPED, ["s", "j"])):
        entries += [entry("qu", rhyme, tone) for rhyme in rhymes for tone in tones]
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in entries)
    pathlib.Path(__file__).with_name("words.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


main()
