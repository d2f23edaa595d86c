// A short message centre (SMPP 3.4): node smsc.mjs SMPP_PORT HTTP_PORT
// The last two digits of a number choose what becomes of a text to it; anything else is delivered:
//   01 refused   02 not delivered   03 throttled   04 no answer, ever   05 the link drops   06 expires   07 no report, ever
// HTTP: GET /texts  what was submitted    GET /links  how many are bound    POST /reply?from=&to=&text=  a phone writes
//       GET /replies?...  the gateway's call with what a phone wrote, passed on to where POST /replies?url= said
import http from "node:http";
import smpp from "smpp";

const [smppPort, httpPort] = process.argv.slice(2).map(Number);
const links = new Set();
const texts = [];
let replies;

function report(link, submitted, id, word, state) {
  link.deliver_sm({
    source_addr: submitted.destination_addr,
    destination_addr: submitted.source_addr,
    esm_class: 4,
    short_message: `id:${id} sub:001 dlvrd:001 submit date:2601011000 done date:2601011001 stat:${word} err:000 text:`,
    receipted_message_id: id,
    message_state: state,
  });
}

function words(submitted) {
  const { message } = submitted.short_message;
  if (!Buffer.isBuffer(message)) return message;
  return submitted.data_coding === 8 ? Buffer.from(message).swap16().toString("utf16le") : message.toString("latin1");
}

function submit(link, submitted) {
  const id = String(texts.length + 1);
  texts.push({ id, from: submitted.source_addr, to: submitted.destination_addr, text: words(submitted),
    coding: submitted.data_coding, parts: submitted.short_message.udh?.[0]?.[3] ?? 1 });
  switch (submitted.destination_addr.slice(-2)) {
    case "01": return link.send(submitted.response({ command_status: smpp.ESME_RINVDSTADR }));
    case "03": return link.send(submitted.response({ command_status: smpp.ESME_RTHROTTLED }));
    case "04": return undefined;
    case "05": return link.destroy();
  }
  link.send(submitted.response({ message_id: id }));
  switch (submitted.destination_addr.slice(-2)) {
    case "02": return report(link, submitted, id, "UNDELIV", 5);
    case "06": return report(link, submitted, id, "EXPIRED", 3);
    case "07": return undefined;
    default: return report(link, submitted, id, "DELIVRD", 2);
  }
}

smpp.createServer((link) => {
  link.on("error", () => {});
  link.on("close", () => links.delete(link));
  for (const bind of ["bind_transceiver", "bind_receiver", "bind_transmitter"]) {
    link.on(bind, (asked) => {
      if (asked.password !== "secret") return link.send(asked.response({ command_status: smpp.ESME_RBINDFAIL }));
      link.send(asked.response());
      return links.add(link);
    });
  }
  link.on("enquire_link", (asked) => link.send(asked.response()));
  link.on("unbind", (asked) => { link.send(asked.response()); link.close(); });
  link.on("submit_sm", (submitted) => submit(link, submitted));
}).listen(smppPort, "127.0.0.1");

async function passOn(query, reply) {
  try {
    const answer = await fetch(replies + query);
    reply.statusCode = answer.status;
    reply.end(await answer.text());
  } catch (fault) {
    reply.statusCode = 502;
    reply.end(String(fault));
  }
}

http.createServer((asked, reply) => {
  const url = new URL(asked.url, "http://127.0.0.1");
  if (url.pathname === "/replies" && asked.method === "POST") {
    replies = url.searchParams.get("url");
    return reply.end("kept");
  }
  if (url.pathname === "/replies") return passOn(url.search, reply);
  if (url.pathname === "/texts") return reply.end(JSON.stringify(texts));
  if (url.pathname === "/links") return reply.end(String(links.size));
  const [link] = links;
  if (url.pathname !== "/reply" || !link) { reply.statusCode = 503; return reply.end("nobody is bound"); }
  const of = (name) => url.searchParams.get(name);
  return link.deliver_sm({ source_addr: of("from"), destination_addr: of("to"), short_message: of("text") }, () => reply.end("said"));
}).listen(httpPort, "127.0.0.1");
