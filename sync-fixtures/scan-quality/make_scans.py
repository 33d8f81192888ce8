#!/usr/bin/env python3
"""Makes the labelled set of scanned pages: `make_scans.py FOLDER [--subset]` writes JPEG files and `labels.json`.

Everything comes from fixed seeds: the same Pillow, numpy and fonts give the same pictures. `--subset` makes the few that lie in the
repository (`kept/`). `--salt N` makes other words, places, noise and angles: a set that no threshold was chosen on. `--samples FOLDER` makes the papers of `sync-fixtures/scans` at 200 dpi. `--photo FILE` makes the 12-megapixel telephone photograph of a page instead, with EXIF and GPS, and beside it
`FILE.page.png`, the page as it was printed.
"""
import json
import os
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = "/usr/share/fonts/truetype/dejavu/"
A4 = (1654, 2339)
CARD = (1011, 638)
SALT = 0
WORDS = """ông bà con cháu người dân thôn xã huyện tỉnh đăng ký thường trú tạm chuyển đến nơi ở nhà hộ khẩu chủ đồng ý cho nhập vào
    cùng giấy khai sinh họ tên ngày tháng năm số định danh cá nhân quan hệ với công an tiếp nhận hồ đầy đủ đúng sự thật cam đoan
    chịu trách nhiệm trước pháp luật về lời xin chân thành cảm ơn kính gửi lý do hiện nay gia đình chúng tôi đã chung sống từ
    được xác nhận bản chính không có tranh chấp thửa đất diện tích mét vuông thuộc quyền sử dụng của""".split()


def font(size, face="DejaVuSans"):
    return ImageFont.truetype(f"{FONTS}{face}.ttf", size)


def generator(seed):
    return np.random.default_rng(seed + 1_000_003 * SALT)


def sentence(random, count):
    words = [WORDS[i] for i in random.integers(0, len(WORDS), count)]
    return " ".join(words).capitalize()


def lines(draw, random, box, size, face, ink, count=None, gap=1.7):
    """Fills a box with ragged lines of text and returns the text."""
    left, top, right, bottom = box
    letters = font(size, face)
    written = []
    while top + size < bottom and (count is None or len(written) < count):
        text = sentence(random, int(random.integers(5, 14)))
        while draw.textlength(text, letters) > right - left:
            text = text.rsplit(" ", 1)[0]
        draw.text((left, top), text, font=letters, fill=ink)
        written.append(text)
        top += int(size * gap)
    return written


def stamp(image, random, centre):
    draw = ImageDraw.Draw(image)
    x, y = centre
    red = (200, 40, 50)
    draw.ellipse((x - 130, y - 130, x + 130, y + 130), outline=red, width=8)
    draw.ellipse((x - 90, y - 90, x + 90, y + 90), outline=red, width=3)
    draw.text((x, y), "CÔNG AN XÃ\nMẪU", font=font(30, "DejaVuSans-Bold"), fill=red, anchor="mm", align="center")


def page(number, paper=(250, 249, 246)):
    """One of the base pages: forms, letters, tables, a certificate, pencil, one with three lines only."""
    random = generator(1000 + number)
    image = Image.new("RGB", A4, paper)
    draw = ImageDraw.Draw(image)
    kind = number % 8
    head = font(40, "DejaVuSerif-Bold")
    if kind not in (5, 7):
        draw.text((A4[0] // 2, 150), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", font=font(34, "DejaVuSerif-Bold"), fill=(25, 25, 30), anchor="mm")
        draw.text((A4[0] // 2, 200), "Độc lập - Tự do - Hạnh phúc", font=font(30, "DejaVuSerif"), fill=(25, 25, 30), anchor="mm")
        draw.text((A4[0] // 2, 320), sentence(random, 5).upper(), font=head, fill=(20, 20, 25), anchor="mm")
    ink = (35, 35, 45)
    if kind == 0:
        lines(draw, random, (170, 420, 1490, 2100), 30, "DejaVuSerif", ink)
    elif kind == 1:
        lines(draw, random, (170, 420, 1490, 1500), 34, "DejaVuSans", ink, gap=2.2)
        stamp(image, random, (1150, 1800))
    elif kind == 2:
        for row in range(14):
            top = 420 + row * 110
            draw.rectangle((150, top, 1500, top + 110), outline=(60, 60, 60), width=3)
            draw.line((750, top, 750, top + 110), fill=(60, 60, 60), width=3)
            lines(draw, random, (170, top + 30, 740, top + 100), 28, "DejaVuSans", ink, 1)
            lines(draw, random, (770, top + 30, 1490, top + 100), 28, "DejaVuSans", (30, 40, 120), 1)
    elif kind == 3:
        lines(draw, random, (170, 420, 1490, 1300), 32, "DejaVuSerif-Italic", (40, 50, 110), gap=2.4)
        stamp(image, random, (400, 1600))
    elif kind == 4:
        lines(draw, random, (170, 420, 1490, 2050), 26, "DejaVuSansCondensed", ink, gap=1.5)
    elif kind == 5:
        lines(draw, random, (170, 250, 1490, 1700), 36, "DejaVuSerif-Italic", (120, 120, 125), gap=2.0)
    elif kind == 6:
        lines(draw, random, (170, 420, 1490, 560), 34, "DejaVuSerif", ink, 3)
        draw.text((1000, 700), "Mai", font=font(70, "DejaVuSerif-Italic"), fill=(40, 40, 90))
    else:
        draw.rectangle((80, 80, 1574, 2259), outline=(150, 60, 60), width=10)
        draw.text((A4[0] // 2, 300), "GIẤY KHAI SINH", font=font(70, "DejaVuSerif-Bold"), fill=(150, 30, 30), anchor="mm")
        lines(draw, random, (200, 500, 1450, 1700), 36, "DejaVuSerif", ink, gap=2.3)
        stamp(image, random, (1200, 1950))
    return image


def listing(number):
    """A list whose rows begin alike, so that its columns are as regular as its lines."""
    random = generator(3000 + number)
    image = Image.new("RGB", A4, (250, 249, 246))
    draw = ImageDraw.Draw(image)
    for row in range(26 + 3 * number):
        text = f"{row + 10} Thôn Cẩm Sơn, xã Cẩm Thạch, dòng số {random.integers(1000, 9999)} giấy tờ mẫu"
        draw.text((150, 200 + row * (70 - 6 * number)), text, font=font(36 - number), fill=(35, 35, 45))
    return image


def card(number, side):
    random = generator(5000 + number * 2 + side)
    image = Image.new("RGB", CARD, (205, 226, 222) if side == 0 else (222, 214, 205))
    draw = ImageDraw.Draw(image)
    if side == 0:
        draw.text((560, 60), "CĂN CƯỚC CÔNG DÂN", font=font(40, "DejaVuSans-Bold"), fill=(160, 30, 40), anchor="mm")
        draw.rectangle((40, 180, 300, 540), fill=(150, 140, 130))
        draw.ellipse((100, 230, 240, 400), fill=(205, 170, 150))
        draw.text((340, 160), f"099{random.integers(10**8, 10**9)}", font=font(46, "DejaVuSans-Bold"), fill=(30, 30, 30))
        lines(draw, random, (340, 250, 970, 600), 30, "DejaVuSans", (30, 30, 30))
    else:
        lines(draw, random, (60, 60, 700, 420), 28, "DejaVuSans", (40, 40, 40))
        draw.text((40, 520), "IDVNM" + "<" * 20, font=font(42, "DejaVuSansMono"), fill=(30, 30, 30))
        for x in range(6):
            draw.arc((760, 80 + x * 12, 960, 360 - x * 12), 0, 360, fill=(120, 110, 100), width=4)
    return image


# MARK: What goes wrong

def array(image):
    return np.asarray(image, dtype=np.float32)


def picture(values):
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def noise(image, random, sigma):
    values = array(image)
    return picture(values + random.normal(0, sigma, values.shape))


def blur(image, radius):
    return image.filter(ImageFilter.GaussianBlur(radius))


def motion(image, length, vertical=False):
    values = array(image)
    axis = 0 if vertical else 1
    total = sum(np.roll(values, shift - length // 2, axis) for shift in range(length))
    return picture(total / length)


def light(image, factor):
    return picture(array(image) * factor)


def shade(image, random, low):
    """A soft shadow over one side."""
    height, width = image.size[1], image.size[0]
    angle = random.uniform(0, 6.28)
    y, x = np.mgrid[0:height, 0:width]
    along = (x / width - 0.5) * np.cos(angle) + (y / height - 0.5) * np.sin(angle)
    weight = 1 / (1 + np.exp(-along * 7))
    return picture(array(image) * (low + (1 - low) * weight)[..., None])


def glare(image, random, size):
    image = light(image, 0.8)
    height, width = image.size[1], image.size[0]
    x0, y0 = random.uniform(0.3, 0.7) * width, random.uniform(0.25, 0.6) * height
    y, x = np.mgrid[0:height, 0:width]
    distance = np.hypot((x - x0) / (size * width), (y - y0) / (size * width * 0.7))
    weight = np.clip(1.6 - distance, 0, 1)[..., None]
    return picture(array(image) * (1 - weight) + 290 * weight)


def skew(image, degrees):
    return image.rotate(degrees, Image.BICUBIC, fillcolor=image.getpixel((5, 5)))


def smaller(image, width):
    return image.resize((width, round(image.size[1] * width / image.size[0])), Image.LANCZOS)


def cut(image, side, share):
    """Loses a side, so that text runs into the edge."""
    width, height = image.size
    box = {"left": (int(width * share), 0, width, height), "right": (0, 0, int(width * (1 - share)), height)}[side]
    return image.crop(box).resize(image.size, Image.LANCZOS)


def empty(number, random):
    paper = [(252, 252, 250), (240, 236, 225), (225, 225, 228)][number % 3]
    image = Image.new("RGB", A4, paper)
    if number % 4 == 1:
        image = shade(image, random, 0.6)
    if number % 4 == 2:
        # The other side's print shines through, hardly to be seen.
        through = Image.new("RGB", A4, paper)
        lines(ImageDraw.Draw(through), random, (170, 200, 1490, 2100), 30, "DejaVuSans", tuple(c - 9 for c in paper))
        image = blur(through.transpose(Image.FLIP_LEFT_RIGHT), 3)
    if number % 4 == 3:
        ImageDraw.Draw(image).line((0, 1170, 1654, 1165), fill=tuple(c - 14 for c in paper), width=3)
    return noise(image, random, 2 + number % 4)


def entries():
    """(name, kind, flaws, page, maker): `page` is the same for pictures of the same page."""
    random = generator(7)

    def add(name, flaws, base, change, kind="page"):
        made.append((name, kind, flaws, base, change))

    made = []
    for n in range(8):
        base = f"page-{n}"
        add(f"good-{n}", [], base, lambda n=n: page(n))
        add(f"good-noise-{n}", [], base, lambda n=n: noise(page(n), generator(n), 4 + 1.5 * n))
        add(f"good-skew-{n}", [], base, lambda n=n: noise(skew(page(n), 1.2 - 0.3 * n), generator(n), 3))
        add(f"good-shadow-{n}", [], base, lambda n=n: noise(shade(page(n), generator(n), 0.65), generator(n), 3))
        add(f"good-soft-{n}", [], base, lambda n=n: noise(blur(page(n), 0.4 + 0.07 * n), generator(n), 2))
        add(f"good-grey-{n}", [], base, lambda n=n: light(page(n).convert("L").convert("RGB"), 0.72 + 0.03 * n))
        add(f"good-large-{n}", [], base, lambda n=n: noise(page(n).resize((2480, 3508), Image.LANCZOS), generator(n), 4)) if n % 2 else None
        for radius in (2, 2.5, 3.5, 5, 8):
            if radius == 2 or (n + int(radius * 2)) % 2 == 0:
                add(f"blur-{radius}-{n}", ["blurred"], base, lambda n=n, r=radius: noise(blur(page(n), r), generator(n), n % 4 * 2))
        add(f"motion-{n}", ["blurred"], base, lambda n=n: noise(motion(page(n), 11 + 2 * n, n % 2 == 0), generator(n), 3))
        add(f"dark-{n}", ["dark"], base, lambda n=n: noise(light(page(n), 0.16 + 0.025 * n), generator(n), 2 + n % 3))
        add(f"dark-shadow-{n}", ["dark"], base, lambda n=n: noise(shade(light(page(n), 0.42), generator(n), 0.5), generator(n), 3))
        add(f"small-{n}", ["small"], base, lambda n=n: smaller(page(n), 620 + 110 * n))
        add(f"glare-{n}", ["glare"], base, lambda n=n: glare(page(n), generator(n), 0.12 + 0.02 * n))
        add(f"blank-{n}", ["blank"], f"blank-{n}", lambda n=n: empty(n, generator(n)))
        add(f"blank-grey-{n}", ["blank"], f"blank-g{n}", lambda n=n: light(empty(n + 1, generator(n)), 0.75))
        add(f"upside-down-{n}", ["upside-down"], base, lambda n=n: noise(page(n).rotate(180), generator(n), 3))
        add(f"sideways-{n}", ["sideways"], base, lambda n=n: noise(page(n).rotate(90 if n % 2 else 270, expand=True), generator(n), 3))
        add(f"cut-{n}", ["cut-off"], base, lambda n=n: noise(cut(page(n), "left" if n % 2 else "right", 0.2 if n % 2 else 0.45), generator(n), 3)) if n not in (6,) else None
    for n in range(4):
        add(f"good-list-{n}", [], f"list-{n}", lambda n=n: noise(listing(n), generator(n), 3))
        add(f"upside-down-list-{n}", ["upside-down"], f"list-{n}", lambda n=n: noise(listing(n).rotate(180), generator(n), 3))
        add(f"sideways-list-{n}", ["sideways"], f"list-{n}", lambda n=n: noise(listing(n).rotate(90, expand=True), generator(n), 3))
        for side in (0, 1):
            base = f"card-{n}-{side}"
            add(f"card-good-{n}-{side}", [], base, lambda n=n, s=side: noise(card(n, s), generator(n), 3), "card")
            add(f"card-blur-{n}-{side}", ["blurred"], base, lambda n=n, s=side: blur(card(n, s), 2.5 + n), "card")
            add(f"card-small-{n}-{side}", ["small"], base, lambda n=n, s=side: smaller(card(n, s), 420 + 60 * n), "card")
            add(f"card-dark-{n}-{side}", ["dark"], base, lambda n=n, s=side: noise(light(card(n, s), 0.2 + 0.03 * n), generator(n), 3), "card")
    return made


KEPT = ["good-0", "good-5", "good-skew-3", "blur-3.5-1", "motion-4", "dark-3", "small-1", "blank-2", "glare-1", "upside-down-0",
        "sideways-1", "cut-3", "card-good-0-0", "card-good-0-1", "card-blur-1-0"]


# MARK: The papers of the demonstration

SAMPLES = {
    "to-khai-ct01": ("TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ", "Mẫu CT01 · BẢN MẪU TẬP HUẤN", [
        "Kính gửi: Công an xã Cẩm Thạch", "1. Họ, chữ đệm và tên: Lò Thị Mai",
        "2. Ngày, tháng, năm sinh: 12/03/1994      3. Giới tính: Nữ", "4. Số định danh cá nhân: 099194000123",
        "5. Số điện thoại: 0900000101", "11. Chủ hộ: Bùi Văn Thắng", "12. Quan hệ với chủ hộ: Cháu",
        "14. Nội dung đề nghị: Đăng ký thường trú cho con mới sinh", "", "Người kê khai (ký tên)"], "Mai"),
    "giay-khai-sinh": ("GIẤY KHAI SINH", "Số: 15/2022 · BẢN MẪU TẬP HUẤN", [
        "Họ, chữ đệm, tên: Lò Minh An", "Ngày, tháng, năm sinh: 20/03/2022",
        "Giới tính: Nam      Dân tộc: Thái      Quốc tịch: Việt Nam", "Nơi sinh: Trạm y tế xã Cẩm Thạch",
        "Họ, chữ đệm, tên người mẹ: Lò Thị Mai", "Năm sinh: 1994", "Nơi đăng ký khai sinh: UBND xã Cẩm Thạch",
        "Ngày, tháng, năm đăng ký: 28/03/2022", "", "Người ký giấy khai sinh"], "(đã ký)"),
    "dong-y-chu-ho": ("VĂN BẢN ĐỒNG Ý CỦA CHỦ HỘ", "BẢN MẪU TẬP HUẤN", [
        "Tôi là: Bùi Văn Thắng", "Số định danh cá nhân: 099065000456", "Là chủ hộ tại thôn Cẩm Sơn, xã Cẩm Thạch",
        "Đồng ý cho cháu Lò Minh An đăng ký thường trú", "vào hộ của tôi.", "", "Chủ hộ (ký tên)"], "Thắng"),
}


def samples(folder):
    for name, (title, under, rows, signature) in SAMPLES.items():
        image = Image.new("L", A4, 239)
        draw = ImageDraw.Draw(image)
        middle = A4[0] // 2
        draw.text((middle, 135), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", font=font(37, "DejaVuSerif"), fill=32, anchor="mm")
        draw.text((middle, 180), "Độc lập - Tự do - Hạnh phúc", font=font(35, "DejaVuSerif-Bold"), fill=32, anchor="mm")
        draw.text((middle, 325), title, font=font(60, "DejaVuSerif-Bold"), fill=28, anchor="mm")
        draw.text((middle, 390), under, font=font(32, "DejaVuSerif"), fill=80, anchor="mm")
        top = 520
        for row in rows:
            draw.text((140, top), row, font=font(40, "DejaVuSerif"), fill=32)
            top += 84
        draw.text((230, top + 10), signature, font=font(82, "DejaVuSerif-Italic"), fill=70)
        # 16 greys: a scan in grey, small enough to be embedded in the program.
        image.rotate(-0.4, Image.BICUBIC, fillcolor=239).quantize(16).save(f"{folder}/{name}.png", optimize=True)


# MARK: Photographs

def on_table(sheet, size, corners, random, grain):
    """A sheet that lies on a wooden table."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    grain = 12 * np.sin(x / 23 + 3 * np.sin(y / 310)) + random.normal(0, grain, (height, width))
    table = np.stack([105 + grain, 74 + grain * 0.8, 50 + grain * 0.6], axis=-1)
    wide, high = sheet.size
    source = [(0, 0), (wide, 0), (wide, high), (0, high)]
    rows = []
    for (sx, sy), (dx, dy) in zip(source, corners):
        rows.append([dx, dy, 1, 0, 0, 0, -sx * dx, -sx * dy])
        rows.append([0, 0, 0, dx, dy, 1, -sy * dx, -sy * dy])
    solved = np.linalg.solve(np.array(rows, dtype=float), np.array(source, dtype=float).reshape(8))
    laid = sheet.transform((width, height), Image.PERSPECTIVE, solved, Image.BICUBIC)
    mask = Image.new("L", sheet.size, 255).transform((width, height), Image.PERSPECTIVE, solved, Image.BILINEAR)
    weight = array(mask)[..., None] / 255
    return picture(array(laid) * weight + table * (1 - weight))


def photograph(path):
    """A telephone's: 12 megapixels, a shadow, noise; the telephone held upright stores it lying and says so."""
    random = generator(12)
    sheet = page(0).resize((2480, 3508), Image.LANCZOS)
    sheet.save(path + ".page.png")
    scene = on_table(sheet, (3000, 4000), [(280, 330), (2690, 420), (2810, 3720), (170, 3640)], random, 6)
    scene = noise(shade(light(blur(scene, 0.7), 0.93), random, 0.72), random, 4)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Mau Phone"
    gps = exif.get_ifd(0x8825)
    gps.update({1: "N", 2: (21.0, 10.0, 30.0), 3: "E", 4: (103.0, 55.0, 12.0)})
    scene.rotate(90, expand=True).save(path, quality=93, exif=exif)


def camera():
    """What a document camera of 6 megapixels sees."""
    random = generator(3)
    scene = on_table(page(1), (2100, 2900), [(150, 180), (1960, 150), (1950, 2700), (140, 2720)], random, 0)
    return light(blur(scene, 0.5), 0.95)


def main(words):
    if words[:1] == ["--photo"] and len(words) == 2:
        return photograph(words[1])
    if words[:1] == ["--samples"] and len(words) == 2:
        return samples(words[1])
    if not words or words[0].startswith("-"):
        sys.exit(__doc__)
    folder, is_subset = words[0], "--subset" in words
    if "--salt" in words:
        global SALT
        SALT = int(words[words.index("--salt") + 1])
    os.makedirs(folder, exist_ok=True)
    labels = []
    for name, kind, flaws, base, maker in entries():
        if is_subset and name not in KEPT:
            continue
        maker().save(f"{folder}/{name}.jpg", quality=40 if is_subset else 82)
        labels.append({"file": f"{name}.jpg", "kind": kind, "flaws": flaws, "page": base})
    if is_subset:
        camera().save(f"{folder}/camera.jpg", quality=60)
    with open(f"{folder}/labels.json", "w") as file:
        json.dump(labels, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1:])
