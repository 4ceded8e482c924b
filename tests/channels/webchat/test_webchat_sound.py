"""Messages of the web chat that are heard: only in our page, and only what was recorded."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import httpx
from gateway_rig import Gateway
from sounds import recorded, synthetic
from webchat_browser import ORIGIN, Browser

from bot.channels.webchat import LIMITS
from bot.conversation.dialogue import Dialogue
from bot.gateway import create_gateway


def test_a_text_read_aloud_is_a_message_whose_sound_only_our_page_gets(browser: Browser) -> None:
    gateway = browser.gateway
    gateway.means = replace(gateway.means, limits={"web": LIMITS})
    gateway.dialogue = Dialogue(gateway.means, gateway.engine)
    path = recorded(gateway.means)

    async def scene() -> tuple[dict[str, Any], httpx.Response, int]:
        page = await browser.open()
        assert "media-src 'self'" in page.headers["content-security-policy"]
        await browser.say("hello")
        await browser.work()
        _own, question = await messages(2)
        listen = next(choice for choice in question["choices"] if choice["title"] == "Listen")
        await browser.press(listen["id"])
        await browser.work()
        voice = (await messages(4))[-1]
        sound = await browser.client.get(f"/chat/audio/{voice['audio']}")
        browser.client.cookies.clear()
        return voice, sound, (await browser.client.get(f"/chat/audio/{voice['audio']}")).status_code

    async def messages(count: int) -> list[dict[str, Any]]:
        return [value for _, _, value in await browser.events(until=count, only=("message",))]

    voice, sound, stranger = asyncio.run(scene())
    assert (voice["text"], voice["choices"]) == ("", [])
    assert sound.content == path.read_bytes()
    assert sound.headers["content-type"] == "audio/ogg; codecs=opus"
    assert stranger == 403
    assert len(gateway.engine.messages) == 1


def test_no_other_file_is_sent_as_sound_nor_a_computers_in_service(gateway: Gateway) -> None:
    made = synthetic(gateway.means)
    names = [f"en/{made.name}", "en/index.csv", "en/0123456789abcdef.ogg", "..%2f..%2fdomain.yml", ""]

    async def scene(*, demo: bool) -> list[int]:
        means = replace(gateway.means, settings=replace(gateway.means.settings, demo=demo))
        transport = httpx.ASGITransport(create_gateway(means, gateway.engine).app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            await client.get("/")
            return [(await client.get(f"/chat/audio/{name}")).status_code for name in names]

    assert asyncio.run(scene(demo=True)) == [200, 404, 404, 404, 404]
    assert asyncio.run(scene(demo=False)) == [404] * 5
