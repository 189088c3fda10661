"""The page that agents open: what browsers get of it, how long they may keep it, and what it may do there."""

import gzip
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from controller.desktop.built_page import NONCE
from tests.edges.desktop_world import Desktop, Reply, World

INDEX = '<!doctype html><title>Agent Desktop</title><script type="module" src="/assets/index-3f2a9c.js"></script>'
SCRIPT = "console.log('a seat');" * 200
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def built(folder: Path, index: str = INDEX) -> Path:
    """What a build leaves behind."""
    assets = folder / "assets"
    assets.mkdir()
    (folder / "index.html").write_text(index)
    (folder / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (assets / "index-3f2a9c.js").write_text(SCRIPT)
    (assets / "logo-77aa.png").write_bytes(PICTURE)
    return folder


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Desktop]:
    world = World(page=built(tmp_path))
    await world.start()
    yield world.browser()
    await world.stop()


async def _get(browser: Desktop, path: str, method: str = "GET", **headers: str) -> tuple[int, Mapping[str, str], bytes]:
    asked = browser.http.request(method, browser.world.url + path, headers=headers, auto_decompress=False)
    async with asked as answer:
        return answer.status, answer.headers, await answer.read()


@pytest.mark.parametrize("path", ["/", "/wallboard", "/wallboard?queue=support"])
async def test_the_page_is_the_same_for_the_desktop_and_for_the_wall_and_is_never_kept(browser: Desktop, path: str) -> None:
    status, headers, body = await _get(browser, path)

    assert (status, body.decode()) == (200, INDEX)
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"


async def test_the_page_may_run_show_and_ask_nothing_but_what_is_ours(browser: Desktop) -> None:
    _, headers, _ = await _get(browser, "/")

    assert headers["Content-Security-Policy"].split("; ") == [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
    assert headers["Permissions-Policy"].startswith("microphone=(self), speaker-selection=(self), camera=()")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "no-referrer"


async def test_a_style_that_a_library_makes_is_let_in_by_a_nonce_that_is_another_each_time(tmp_path: Path) -> None:
    world = World(page=built(tmp_path, INDEX + f'<meta property="csp-nonce" nonce="{NONCE}">'))
    await world.start()
    try:
        answers = [await _get(world.browser(), "/") for _ in range(2)]
    finally:
        await world.stop()

    nonces = [body.decode().partition('nonce="')[2].partition('"')[0] for _, _, body in answers]
    assert len(set(nonces)) == 2
    assert NONCE not in nonces
    for nonce, (_, headers, _) in zip(nonces, answers, strict=True):
        assert f"style-src 'self' 'nonce-{nonce}';" in headers["Content-Security-Policy"]
        assert "script-src 'self';" in headers["Content-Security-Policy"]


async def test_a_file_with_its_hash_in_its_name_is_packed_and_kept_for_ever(browser: Desktop) -> None:
    status, headers, body = await _get(browser, "/assets/index-3f2a9c.js", **{"Accept-Encoding": "gzip, br"})

    assert (status, headers["Content-Encoding"], headers["Vary"]) == (200, "gzip", "Accept-Encoding")
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert gzip.decompress(body).decode() == SCRIPT
    assert len(body) < len(SCRIPT) / 10


async def test_who_takes_nothing_packed_gets_the_file_as_it_is(browser: Desktop) -> None:
    status, headers, body = await _get(browser, "/assets/index-3f2a9c.js", **{"Accept-Encoding": "identity"})

    assert (status, body.decode()) == (200, SCRIPT)
    assert "Content-Encoding" not in headers


async def test_what_packing_makes_no_smaller_goes_out_as_it_is(browser: Desktop) -> None:
    _, headers, body = await _get(browser, "/assets/logo-77aa.png", **{"Accept-Encoding": "gzip"})

    assert body == PICTURE
    assert (headers["Content-Type"], headers.get("Content-Encoding")) == ("image/png", None)


async def test_a_file_without_a_hash_is_asked_for_again_and_not_sent_again(browser: Desktop) -> None:
    _, first, _ = await _get(browser, "/favicon.svg")
    status, headers, body = await _get(browser, "/favicon.svg", **{"If-None-Match": first["ETag"]})

    assert first["Cache-Control"] == headers["Cache-Control"] == "no-cache"
    assert (status, body) == (304, b"")


async def test_a_head_request_is_told_the_same_without_the_file(browser: Desktop) -> None:
    status, headers, body = await _get(browser, "/assets/index-3f2a9c.js", method="HEAD", **{"Accept-Encoding": "identity"})

    assert (status, body) == (200, b"")
    assert headers["Content-Length"] == str(len(SCRIPT))


@pytest.mark.parametrize("path", ["/assets/index-old.js", "/assets/../index.html", "/assets/%2e%2e/index.html", "/index.html", "/x.js"])
async def test_nothing_is_served_but_what_the_build_made(browser: Desktop, path: str) -> None:
    reply = await browser.get(path, prefix="")

    assert (reply.status, reply.code) == (404, "not-found")


async def test_the_page_can_only_be_read(browser: Desktop) -> None:
    reply: Reply = await browser.ask("POST", "/", prefix="")

    assert (reply.status, reply.code) == (405, "method-not-allowed")


@pytest.mark.parametrize("path", ["/", "/wallboard"])
async def test_where_the_page_was_not_built_one_sentence_says_what_is_missing(tmp_path: Path, path: str) -> None:
    world = World(page=tmp_path)
    await world.start()
    try:
        status, headers, body = await _get(world.browser(), path)
    finally:
        await world.stop()

    assert (status, headers["Content-Type"]) == (503, "text/plain; charset=utf-8")
    said = body.decode()
    assert said.startswith("The Agent Desktop's page was not built: run controller/desktop/page/build in the checkout")
    assert said.count("\n") == 1
