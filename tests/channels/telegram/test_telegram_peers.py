"""The channel, and our fake, before judges that nobody here wrote.

`tg-auto-test` plays a person with its own idea of Telegram; python-telegram-bot reads all that our fake says.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from telegram import Bot, Message, Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, TypeHandler
from telegram_rig import CHAT, Rig
from tg_auto_test.test_utils.serverless_telegram_client import ServerlessTelegramClient
from turns import says


@dataclass
class Judge:
    """Their client, in whose chat we answer: their updates come to our webhook, our calls go to their API."""

    rig: Rig
    client: ServerlessTelegramClient

    def calls(self, method: str) -> list[dict[str, str]]:
        return [call.parameters for call in self.client._api_calls if call.api_method == method]


@asynccontextmanager
async def judged(rig: Rig) -> AsyncIterator[Judge]:
    async def hand_on(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        rig.channel.api.bot = context.bot
        assert await rig.post(json.loads(update.to_json())) == 200
        await rig.settle()

    def build(
        builder: ApplicationBuilder[Any, Any, Any, Any, Any, Any],
    ) -> Application[Any, Any, Any, Any, Any, Any]:
        application = builder.build()
        application.add_handler(TypeHandler(Update, hand_on))
        return application

    ours: Bot = rig.channel.api.bot
    client = ServerlessTelegramClient(build_application=build, user_id=CHAT)
    await client.connect()
    try:
        yield Judge(rig, client)
    finally:
        await client.disconnect()
        rig.channel.api.bot = ours


def test_a_dialogue_in_their_client(rig: Rig) -> None:
    async def scene() -> None:
        async with judged(rig) as judge, judge.client.conversation("test_bot") as chat:
            await chat.send_message("hello")
            question = await chat.get_response()
            assert question.text == "How old are you?"
            rows = question.buttons
            assert rows is not None
            assert [[key.text for key in row] for row in rows] == [["18 or older", "Under 18"], ["Back", "✕"]]
            rig.gateway.engine.answer = says("ask_consent")
            await question.click(data=rows[0][0].data)
            assert judge.calls("answerCallbackQuery")
            # Their tap does not say what its message said, so only the buttons can be taken off.
            assert [call["message_id"] for call in judge.calls("editMessageReplyMarkup")] == [str(question.id)]

    asyncio.run(scene())
    assert rig.gateway.engine.messages[-1] == {
        "tap": {"intent": "inform", "entities": {"answer": "adult"}},
        "typed": False,
    }


def test_their_file_is_refused_and_never_fetched(rig: Rig) -> None:
    rig.gateway.engine.answer = says("plain")

    async def scene() -> None:
        async with judged(rig) as judge, judge.client.conversation("test_bot") as chat:
            await chat.send_file(b"a passport", force_document=True)
            assert (await chat.get_response()).text == "All right."
            assert judge.calls("getFile") == []

    asyncio.run(scene())
    assert rig.gateway.engine.messages == [{"attachment": "file"}]


def test_their_command_reaches_us_as_a_wish(rig: Rig) -> None:
    rig.gateway.engine.answer = says("plain")

    async def scene() -> None:
        async with judged(rig) as judge, judge.client.conversation("test_bot") as chat:
            await chat.send_message("/start lang_fa", parse_mode=None)
            await chat.get_response()

    asyncio.run(scene())
    assert rig.gateway.engine.asked[0]["language"] == "fa"


def test_the_library_reads_all_that_our_fake_says_and_loses_nothing_of_it(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="hi")
        await rig.tap("18 or older")
        await rig.write(location={"latitude": 1.5, "longitude": 2.5})
        await rig.write(voice={"file_id": "f", "file_unique_id": "u", "duration": 3})
        await rig.write(contact={"phone_number": "+66800000000", "first_name": "M"})
        await rig.post(rig.fake.edit(CHAT, rig.fake.messages(CHAT)[0]["message_id"], text="hello"))
        await rig.post(rig.fake.block(CHAT))

    asyncio.run(scene())
    kinds = set()
    for raw in rig.fake.emitted:
        update = Update.de_json(raw, None)
        kinds |= raw.keys() - {"update_id"}
        assert {"update_id", *update.to_dict()} == raw.keys()
        assert not update.api_kwargs
        assert update.effective_chat is not None
    assert kinds == {"message", "edited_message", "callback_query", "my_chat_member"}
    sent = [result for method, result in rig.fake.results if method == "sendMessage"]
    assert sent
    for raw in sent:
        message = Message.de_json(raw, None)
        assert not message.api_kwargs
        assert message.to_dict()["text"] == raw["text"]
