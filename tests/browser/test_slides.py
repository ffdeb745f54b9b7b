"""The slides of each lesson open without a network, and nothing on them is cut at 1280 x 720."""

from __future__ import annotations

import os

import nbformat
import pytest

from tools.editions.section import lesson_number
from tools.editions.slides import HEIGHT, WIDTH, slides
from tools.notebooks.lesson import LESSONS, Pictures

# Pictures of all slides take as long as the test itself.
PHOTOGRAPH = "COURSEKIT_SCREENSHOTS" in os.environ
SMALLEST_TEXT = 14  # pixels
SMALLEST_PICTURE = 0.6  # of the size at which the lesson shows it

# Shows one slide with all its fragments and says what of it is not in the window, is covered by the edge of a
# part that hides what is beyond, or is too small.
LOOK = """([horizontal, vertical, smallestText, smallestPicture]) => {
    Reveal.slide(horizontal, vertical, 1000);
    const problems = [];
    const slide = Reveal.getCurrentSlide();
    const page = slide.querySelector('.page');
    const room = {left: 0, top: 0, right: innerWidth, bottom: innerHeight - 30};
    const inside = (box, where) => box.left >= where.left - 1 && box.top >= where.top - 1
        && box.right <= where.right + 1 && box.bottom <= where.bottom + 1;
    const hides = element => ['overflowX', 'overflowY']
        .some(side => getComputedStyle(element)[side] !== 'visible');
    const check = (node, box, what) => {
        if (!inside(box, room)) {
            problems.push(`${what}: ${Math.round(box.left)}..${Math.round(box.right)} x `
                + `${Math.round(box.top)}..${Math.round(box.bottom)} is not in the window`);
        }
        for (let above = node; above && above !== slide; above = above.parentElement) {
            if (hides(above) && !inside(box, above.getBoundingClientRect())) problems.push(`${what}: cut`);
        }
    };
    const texts = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
    let letters = 0;
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        const element = node.parentElement;
        if (!node.data.trim() || element.closest('figcaption, annotation')) continue;
        const what = node.data.trim().slice(0, 40);
        const range = document.createRange();
        range.selectNodeContents(node);
        const boxes = [...range.getClientRects()].filter(box => box.width && box.height);
        const visible = getComputedStyle(element).visibility !== 'hidden';
        if (!boxes.length || !visible) problems.push(`${what}: not shown`);
        boxes.forEach(box => check(element, box, what));
        letters += node.data.trim().length;
        const size = parseFloat(getComputedStyle(element).fontSize);
        if (size < smallestText && !element.closest('math')) problems.push(`${what}: ${size} pixels`);
    }
    const images = [...page.querySelectorAll('img')];
    for (const image of images) {
        const box = image.getBoundingClientRect();
        const what = (image.alt || 'picture').slice(0, 40);
        check(image.parentElement, box, what);
        // The picture keeps its proportions within the box.
        const usual = Number(image.getAttribute('width')) || image.naturalWidth;
        const width = Math.min(box.width, box.height * image.naturalWidth / image.naturalHeight);
        if (!image.complete || !image.naturalWidth) problems.push(`${what}: not loaded`);
        else if (getComputedStyle(image).objectFit !== 'contain') problems.push(`${what}: distorted or cut`);
        else if (width < smallestPicture * usual) {
            problems.push(`${what}: ${Math.round(width)} pixels wide, in the lesson ${usual}`);
        }
    }
    if (!letters && !images.length) problems.push('empty');
    const parts = [...page.children].map(part => part.getBoundingClientRect());
    for (let i = 1; i < parts.length; i += 1) {
        if (parts[i].top < parts[i - 1].bottom - 1) problems.push('two parts overlap');
    }
    return {problems, images: images.map(image => image.alt)};
}"""
COLUMNS = "() => Reveal.getHorizontalSlides().map(column => column.querySelectorAll('section').length)"


@pytest.fixture(scope="module")
def offline(browser):
    """A function that opens a file with the network blocked, and what the page asked the network for."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    asked = []

    def refuse(route):
        asked.append(route.request.url)
        route.abort()

    context.route(lambda url: not url.startswith(("file:", "data:", "blob:")), refuse)
    context.set_offline(True)
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def show(path):
        page.goto(path.as_uri())
        page.wait_for_function("() => window.Reveal?.isReady()")
        page.wait_for_function("() => [...document.images].every(image => image.complete)")
        return page

    yield show, asked, errors
    context.close()


def walk(page):
    """Show every slide; yield its place and what is wrong with it."""
    for horizontal, count in enumerate(page.evaluate(COLUMNS)):
        for vertical in range(count):
            found = page.evaluate(LOOK, [horizontal, vertical, SMALLEST_TEXT, SMALLEST_PICTURE])
            yield (horizontal + 1, vertical + 1), found


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_nothing_on_the_slides_of_a_lesson_is_cut(path, offline, tmp_path, screenshots):
    show, asked, errors = offline
    notebook = nbformat.read(path, as_version=4)
    file = tmp_path / f"{path.stem}.html"
    file.write_text(slides(notebook), encoding="utf-8")
    page = show(file)
    assert page.evaluate("() => Reveal.getScale()") == 1
    problems, shown = [], []
    for place, found in walk(page):
        problems += [f"slide {place}: {problem}" for problem in found["problems"]]
        shown += found["images"]
        page.screenshot(
            path=screenshots / f"slides-{lesson_number(path.name)}-{place[0]:02}-{place[1]:02}.png"
        )
    assert "\n".join(problems) == ""
    assert asked == []
    assert errors == []
    assert shown == [
        alt
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        for alt in Pictures(output.get("data", {}).get("text/html", "")).images
    ]


PIXEL = (
    "data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg' width='900' height='900'>"
    "<rect width='900' height='900'/></svg>"
)


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ("<p>" + "Many words. " * 400 + "</p>", "is not in the window"),
        (
            "<div style='height: 30px; overflow: hidden'>" + "<p>One line.</p>" * 3 + "</div>",
            "One line.: cut",
        ),
        (
            "<pre style='width: 90px; overflow: auto; white-space: pre'>one_long_name_of_a_thing</pre>",
            ": cut",
        ),
        ("<p style='margin-left: -200px'>To the left</p>", "To the left: "),
        ("<p style='font-size: 9px'>Small print</p>", "Small print: 9 pixels"),
        ("<p style='visibility: hidden'>Hidden</p>", "Hidden: not shown"),
        (
            f"<div class='piece' style='height: 90px'><figure><img alt='A' src=\"{PIXEL}\"></figure></div>",
            "A: 90 pixels wide, in the lesson 900",
        ),
        (f"<img alt='B' src=\"{PIXEL}\" style='width: 900px; height: 900px; object-fit: contain'>", "B: "),
        ("<img alt='C' src='https://example.org/c.png'>", "C: not loaded"),
        ("<p>x</p><p style='margin-top: -40px'>y</p>", "two parts overlap"),
        ("", "empty"),
    ],
)
def test_what_is_cut_or_missing_is_found(page, problem, offline, tmp_path):
    show, asked, _ = offline
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title\n\nPLACE")])
    html = slides(notebook)
    start = html.index('<div class="page">') + len('<div class="page">')
    file = tmp_path / "slides.html"
    file.write_text(html[:start] + page + html[html.index("</div></section>") :], encoding="utf-8")
    ((_, found),) = walk(show(file))
    assert any(problem in each for each in found["problems"]), found
    if "https:" in page:
        assert asked.pop() == "https://example.org/c.png"
