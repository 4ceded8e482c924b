"""Beside the message's way: `bot telegram` tells Telegram where to deliver, and how the bot looks there."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.channels.telegram.api import Api
from bot.channels.telegram.chat import PATH
from bot.channels.telegram.commands import LABELS
from bot.channels.telegram.reading import ALLOWED_UPDATES
from bot.commands.secrets import home_of
from bot.language.catalogue import Catalogue, load_catalogue
from bot.language.languages import SOURCE, LanguagesError, served
from bot.language.wording import Wording
from bot.processes.demo_defaults import with_defaults
from bot.processes.secrets_file import read_secrets, secrets_path
from bot.processes.start_error import StartError
from bot.settings import ROOT, SettingsError, TelegramSettings, read_telegram

CONNECTIONS = 40  # deliveries that Telegram may have under way at once


def add_parser(subparsers: Any) -> None:
    """Adds `telegram` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "telegram",
        help="tell Telegram where to deliver, and how the bot looks there",
        description="Speaks to Telegram with BOT_TELEGRAM_TOKEN from the environment or var/secrets.env. "
        "Step by step: docs/operating/telegram.md",
    )
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    webhook = steps.add_parser(
        "set-webhook", help="have messages delivered to this address (BOT_TELEGRAM_SECRET too)"
    )
    webhook.add_argument("url", help=f"https://…: the gateway's public address; {PATH} is added")
    steps.add_parser("delete-webhook", help="have nothing delivered; what waits stays, for polling")
    steps.add_parser("set-commands", help="the bot's menu, in every language offered")
    profile = steps.add_parser("set-profile", help="the bot's name and description, in every language offered")
    profile.add_argument("--name", help="instead of the neutral one of domain.yml (page_title), in every language")
    steps.add_parser("info", help="who the bot is, where it delivers, how much waits")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when Telegram has done it, 1 when it refused."""
    environ = with_defaults(os.environ)
    kept = read_secrets(secrets_path(environ, home_of(environ)))
    settings = read_telegram({**kept, **environ})
    if settings is None:
        raise SettingsError("BOT_TELEGRAM_TOKEN is not set: @BotFather gives one, see docs/operating/telegram.md.")
    try:
        print(asyncio.run(carry_out(args, settings, environ.get("BOT_LANGUAGES", "").split(), Api(settings))))
    except TelegramError as error:
        print(f"bot telegram: Telegram answers: {error.message}", file=sys.stderr)
        return 1
    return 0


async def carry_out(args: argparse.Namespace, settings: TelegramSettings, listed: list[str], api: Api) -> str:
    """One step; what is to be said of it. `listed` are the languages that the deployment names, if it does."""
    try:
        return await STEPS[args.step](args, settings, listed, api.bot)
    finally:
        await api.close()


async def set_webhook(args: argparse.Namespace, settings: TelegramSettings, _listed: list[str], bot: Bot) -> str:
    """Telegram delivers to the gateway, with our secret in each delivery."""
    if urlsplit(args.url).scheme != "https" or not urlsplit(args.url).hostname:
        raise StartError(f"«{args.url}» is no https:// address: Telegram delivers to no other.")
    if settings.polling:
        raise StartError("BOT_TELEGRAM_MODE is polling: take it away first, the two exclude one another.")
    url = args.url.rstrip("/").removesuffix(PATH) + PATH
    await bot.set_webhook(
        url, secret_token=settings.secret, allowed_updates=list(ALLOWED_UPDATES), max_connections=CONNECTIONS
    )
    return f"Telegram delivers to {url}"


async def delete_webhook(
    _args: argparse.Namespace, _settings: TelegramSettings, _listed: list[str], bot: Bot
) -> str:
    """Telegram delivers nowhere; what waits is kept for a day."""
    await bot.delete_webhook(drop_pending_updates=False)
    return "Telegram delivers nowhere now; what waits is kept for 24 hours."


async def set_commands(_args: argparse.Namespace, _settings: TelegramSettings, listed: list[str], bot: Bot) -> str:
    """The menu, English for whoever's language is not offered."""
    catalogue, codes = _offered(listed)
    for code, wording in ((code, Wording(catalogue, code)) for code in codes):
        commands = [BotCommand(name, wording.text(label)) for name, label in LABELS.items()]
        for language_code in _known_as(code):
            await bot.set_my_commands(commands, language_code=language_code)
    return f"The menu is there in {', '.join(codes)}."


async def set_profile(args: argparse.Namespace, _settings: TelegramSettings, listed: list[str], bot: Bot) -> str:
    """Name and descriptions that say nothing of us on a watched phone."""
    catalogue, codes = _offered(listed)
    for code, wording in ((code, Wording(catalogue, code)) for code in codes):
        name, about = args.name or wording.text("page_title"), wording.text("profile_about")
        for language_code in _known_as(code):
            await bot.set_my_name(name, language_code=language_code)
            await bot.set_my_description(about, language_code=language_code)
            await bot.set_my_short_description(about, language_code=language_code)
    return f"The profile is there in {', '.join(codes)}."


async def info(_args: argparse.Namespace, _settings: TelegramSettings, _listed: list[str], bot: Bot) -> str:
    """What Telegram says of the bot."""
    me, hook = await bot.get_me(), await bot.get_webhook_info()
    lines = [
        f"handle     @{me.username}",
        f"name       {me.first_name}",
        f"groups     {'may be added to them: switch that off with @BotFather' if me.can_join_groups else 'never'}",
        f"delivers   {hook.url or 'nowhere: it is polled, or was not set up'}",
        f"waiting    {hook.pending_update_count}",
    ]
    if hook.last_error_message:
        lines.append(f"last error {hook.last_error_message}")
    return "\n".join(lines)


Step = Callable[[argparse.Namespace, TelegramSettings, list[str], Bot], Awaitable[str]]
STEPS: dict[str, Step] = {
    "set-webhook": set_webhook,
    "delete-webhook": delete_webhook,
    "set-commands": set_commands,
    "set-profile": set_profile,
    "info": info,
}


def _offered(listed: list[str]) -> tuple[Catalogue, tuple[str, ...]]:
    catalogue = load_catalogue(ROOT)
    try:
        return catalogue, served(catalogue.languages, listed, demo=os.environ.get("BOT_DEMO", "1") == "1")
    except LanguagesError as error:
        raise StartError(str(error)) from error


def _known_as(code: str) -> tuple[str | None, ...]:
    # Telegram knows languages by two letters; without any, it is for everybody else.
    known = (code,) if len(code) == 2 else ()
    return (None, *known) if code == SOURCE else known
