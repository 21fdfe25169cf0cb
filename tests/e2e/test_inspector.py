"""The inspector sees each fault that it looks for: pages that have it, beside one that has none."""

import pytest

from tests.e2e.inspector import Inspector

FRAME = "<!DOCTYPE html><html lang='en'><head><title>T</title></head><body>{}</body></html>"
SOUND = """
  <main><h1>Sound</h1><p>One line</p><p>and the next</p>
  <div style="overflow-x:auto; width:9rem"><p style="width:40rem">This may be scrolled.</p></div>
  <span class="visually-hidden" style="position:absolute; width:1px; height:1px; overflow:hidden">
  Only heard</span><select><option>Short</option></select></main>
"""
FAULTY = {
    "is wider than the screen": "<p style='width: 1400px'>Wide</p>",
    "text is cut off": "<p style='width:5rem; overflow:hidden; white-space:nowrap'>"
    "This sentence is longer than its place</p>",
    "text lies on text": "<p>Monday, 30 November 2026</p>"
    "<p style='margin-top:-2.2rem'>Monday, 14 December 2026</p>",
    "a choice is cut off": "<select style='width:4rem'><option>Lax or sagging</option></select>",
}


def measured(page, body):
    page.set_content(FRAME.format(body))
    inspector = Inspector(page, "", [])
    inspector.measure("here")
    return {fault.partition(":")[0] for _name, _width, fault in inspector.faults}


def test_a_sound_page_has_no_fault(page):
    assert measured(page, SOUND) == set()


@pytest.mark.parametrize("fault", FAULTY)
def test_a_fault_is_seen(fault, page):
    assert measured(page, SOUND + FAULTY[fault]) == {fault}


SMALL = "<button style='width:12px; height:12px; padding:0; border:0'>a</button>"
ABOVE = "<div style='height:760px'></div>"
TALL = "<div style='height:2000px'></div>"
BAR = "<div style='position:fixed; inset:auto 0 0; height:60px; background:#eee'>Bar</div>"


@pytest.mark.parametrize(
    ("body", "faulty"),
    [
        (f"<main><h1>T</h1>{SMALL}{SMALL}</main>", True),
        (
            f"<main><h1>T</h1>{ABOVE}<button>Half covered</button>{TALL}</main>{BAR}",
            False,
        ),
    ],
)
def test_a_target_counts_as_small_only_where_scrolling_does_not_free_it(page, body, faulty):
    page.set_content(FRAME.format(body))
    inspector = Inspector(page, "", [])

    inspector.look("targets")

    assert any("target-size" in fault for fault in inspector.faults) is faulty
