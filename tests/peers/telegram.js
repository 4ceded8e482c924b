// A Bot API server that nobody here wrote, on a port of its own, with a person of theirs at its other end.
// node telegram.js TOKEN CHAT: prints {"port"}, then answers each line of JSON on its input with one; ends with it.
// Where the server is less than Telegram's, it is corrected here, so that nothing of ours has to be.
'use strict';

const express = require('express');
const readline = require('readline');
const TelegramServer = require('telegram-test-api');
const { TelegramClient } = require('telegram-test-api/lib/modules/telegramClient');

const [token, chat] = [process.argv[2], Number(process.argv[3])];
const server = new TelegramServer();
const seconds = (milliseconds) => Math.floor(milliseconds / 1000);
const parsed = (value) => (typeof value === 'string' ? JSON.parse(value) : value);

// What Telegram says, and the server does not.
const corrections = {
  getMe: (me) => ({ ...me, is_bot: true }),
  sendMessage: (sent) => ({
    ...sent,
    date: seconds(sent.date),
    link_preview_options: parsed(sent.link_preview_options),
  }),
  getUpdates: (updates) => updates.map((update) => (update.callback_query
    ? { ...update, callback_query: { ...update.callback_query, chat_instance: '1' } }
    : update)),
};

function corrected(method, body) {
  if (!body.ok) return body;
  const result = body.result ?? true; // it answers null where Telegram answers true
  return { ...body, result: corrections[method] ? corrections[method](result) : result };
}

// Telegram holds a question open until there is something; the server answers at once that there is nothing.
async function hold(request, response, next) {
  const waiting = server.storage.userMessages.some((update) => update.botToken === token && !update.isRead);
  if (!waiting) {
    const limit = new Promise((done) => { setTimeout(done, 1000 * Number(request.query.timeout)).unref(); });
    await Promise.race([server.waitUserMessage(), limit]);
  }
  // Who has hung up is not given what came since: it would be lost.
  if (!response.destroyed) next();
}

// The server knows no deleteMessages. A tap of its has the number of the message that comes next: both go.
function deleteAll(request, response) {
  for (const number of parsed(request.body.message_ids)) {
    while (server.deleteMessage(Number(request.body.chat_id), number));
  }
  response.json({ ok: true });
}

const app = express();
app.use(express.urlencoded({ extended: true }));
app.use('/bot:token/:method', (request, response, next) => {
  const { method } = request.params;
  const plain = response.json.bind(response);
  response.json = (body) => plain(corrected(method, body));
  next();
});
app.all('/bot:token/getUpdates', hold);
app.all('/bot:token/deleteMessages', deleteAll);
app.use(server.webServer);

const messages = (history) => history.filter((one) => one.message && one.message.chat_id !== undefined);

async function tap(client, title) {
  for (const { messageId, time, message } of messages(await client.getUpdatesHistory()).reverse()) {
    const keys = (message.reply_markup?.inline_keyboard ?? []).flat();
    const key = keys.find((one) => one.text === title);
    if (key) {
      const { text, reply_markup } = message;
      const query = client.makeCallbackQuery(key.callback_data);
      const from = { id: Number(token.split(':')[0]), is_bot: true, first_name: 'Chat' };
      const shown = { ...query.message, from, message_id: messageId, date: seconds(time), text, reply_markup };
      return client.sendCallback({ ...query, message: shown });
    }
  }
  throw new Error(`no button ${title}`);
}

const asked = {
  write: (client, words) => client.sendMessage(client.makeMessage(words)),
  command: (client, words) => client.sendCommand(client.makeCommand(words)),
  tap,
  history: async (client) => messages(await client.getUpdatesHistory()).map((one) => one.message),
  count: async (client) => (await client.getUpdatesHistory()).filter((one) => one.message).length,
};

const listening = app.listen(0, '127.0.0.1', async () => {
  const { port } = listening.address();
  const client = new TelegramClient(`http://127.0.0.1:${port}`, token, { userId: chat, chatId: chat });
  console.log(JSON.stringify({ port }));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { do: what, with: words } = JSON.parse(line);
    console.log(JSON.stringify({ result: await asked[what](client, words) }));
  }
  process.exit(0);
});
