// Asks a real Chromium. Standard input: {"key", "cert", "front", "cases": [...]} as browser_check.py and browser_nginx.py
// write it; standard output: for each case what the page got, the CORS error that the developer tools name, and what the
// servers were asked. Two servers on loopback send exactly the bytes that a case says.
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { createRequire } from 'node:module';

const { chromium } = createRequire(path.join(process.env.CORSGATE_NODE, 'x.js'))('playwright-core');
const input = JSON.parse(fs.readFileSync(0, 'utf8'));
const cases = new Map(input.cases.map((one) => [one.id, { ...one, asked: [] }]));

const CASE = /\/c\/(\w+)\/(\d+)|[?&]cg=(\w+)/; // a path of ours, or an argument for another server
function idOf(url) {
    const found = CASE.exec(url);
    return found && (found[1] ?? found[3]);
}

const BODILESS = new Set([204, 304]);
const PAGE = '<!doctype html><meta charset=utf-8><title>page</title>';

function response(status, headers, body) {
    const lines = [`HTTP/1.1 ${status} Said`, ...headers.map(([name, value]) => `${name}:${value}`)];
    if (!BODILESS.has(status)) lines.push(`Content-Length: ${body.length}`);
    return Buffer.from(lines.join('\r\n') + '\r\n\r\n' + (BODILESS.has(status) ? '' : body), 'utf8');
}

// One request; null: the connection is closed.
function answer(method, target, headers) {
    const found = CASE.exec(target);
    const one = found && found[1] && cases.get(found[1]);
    if (!one) {
        const sandbox = target.startsWith('/sandboxed') ? [['Content-Security-Policy', ' sandbox allow-scripts']] : [];
        return response(200, [['Content-Type', ' text/html'], ...sandbox], PAGE);
    }
    const asks = method === 'OPTIONS' && 'access-control-request-method' in headers;
    const hop = one.hops[Number(found[2])] ?? {};
    one.asked.push({ hop: Number(found[2]), preflight: asks, method, origin: headers.origin ?? null,
        wants: headers['access-control-request-headers'] ?? null });
    const said = asks ? hop.preflight : hop.response;
    return said ? response(said.status, said.headers, method === 'HEAD' ? '' : 'ok') : null;
}

function serve(socket) {
    let data = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (more) => {
        data = Buffer.concat([data, more]);
        for (;;) {
            const end = data.indexOf('\r\n\r\n');
            if (end < 0) return;
            const [first, ...lines] = data.subarray(0, end).toString('latin1').split('\r\n');
            const headers = {};
            for (const line of lines) {
                const colon = line.indexOf(':');
                headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
            }
            const length = Number(headers['content-length'] ?? 0);
            if (data.length < end + 4 + length) return;
            data = data.subarray(end + 4 + length);
            const [method, target] = first.split(' ');
            const bytes = answer(method, target, headers);
            if (!bytes) {
                socket.destroy();
                return;
            }
            socket.write(bytes);
        }
    });
}

// What goes to a port of `input.front` goes on to the server that listens there; the browser finds all hosts here.
function forward(socket, head, port) {
    const onward = net.connect(port, '127.0.0.1');
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    onward.write(head);
    socket.pipe(onward);
    onward.pipe(socket);
}

function started(server) {
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

// The port of a server for http and https at once: the first byte tells them apart.
async function listen() {
    const secure = await started(tls.createServer({ key: input.key, cert: input.cert }, serve));
    const plain = await started(net.createServer(serve));
    return started(net.createServer((socket) => {
        socket.on('error', () => socket.destroy());
        socket.once('data', (head) => {
            socket.pause();
            const host = /^host: *\S*:(\d+) *\r$/im.exec(head.toString('latin1'));
            const known = host && (input.front ?? []).includes(Number(host[1]));
            forward(socket, head, head[0] === 0x16 ? secure : known ? Number(host[1]) : plain);
        });
    }));
}

// Runs in the page.
async function ask(list) {
    function byXhr(one) {
        return new Promise((resolve) => {
            const xhr = new XMLHttpRequest();
            xhr.open(one.method, one.url);
            xhr.withCredentials = one.credentials === 'include';
            if (one.force) xhr.upload.addEventListener('progress', () => {});
            for (const [name, value] of one.headers) xhr.setRequestHeader(name, value);
            xhr.onload = () => resolve({ ok: true, type: 'cors', status: xhr.status });
            xhr.onerror = () => resolve({ ok: false });
            xhr.send('x');
        });
    }
    async function one(wish) {
        try {
            if (wish.force) return await byXhr(wish);
            const got = await fetch(wish.url, { method: wish.method, headers: wish.headers, mode: wish.mode,
                credentials: wish.credentials, redirect: wish.redirect, cache: 'no-store' });
            const readable = (wish.read ?? []).filter((name) => got.headers.has(name));
            return { ok: true, type: got.type, status: got.status, readable };
        } catch (error) {
            return { ok: false, said: String(error) };
        }
    }
    const results = {};
    let next = 0;
    const worker = async () => {
        while (next < list.length) {
            const wish = list[next++];
            results[wish.id] = await one(wish);
        }
    };
    await Promise.all(Array.from({ length: 12 }, worker));
    return results;
}

const [pages, apis] = [await listen(), await listen()];
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'corsgate-browser-'));
const browser = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    ignoreHTTPSErrors: true,
    recordHar: input.har ? { path: input.har, content: 'omit' } : undefined,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync', '--ignore-certificate-errors',
        '--allow-running-insecure-content',
        `--host-resolver-rules=MAP api.* 127.0.0.1:${apis}, MAP cdn.* 127.0.0.1:${apis}, MAP * 127.0.0.1:${pages}`],
});

async function runPage(origin, list) {
    const page = await browser.newPage();
    const session = await browser.newCDPSession(page);
    const owner = new Map(); // request id to case id
    await session.send('Network.enable');
    await session.send('Audits.enable');
    session.on('Audits.issueAdded', ({ issue }) => { // what is refused before there is a request shows up here only
        const details = issue.details.corsIssueDetails;
        const one = details && !details.isWarning &&
            cases.get(idOf(details.request.url));
        if (one) one.issue ??= details.corsErrorStatus.corsError;
    });
    session.on('Network.requestWillBeSent', (event) => {
        const found = idOf(event.request.url);
        if (found && !owner.has(event.requestId)) owner.set(event.requestId, found);
    });
    session.on('Network.loadingFailed', (event) => {
        const one = cases.get(owner.get(event.requestId));
        if (one && event.corsErrorStatus && !one.error) {
            one.error = event.corsErrorStatus.corsError;
            one.parameter = event.corsErrorStatus.failedParameter;
        }
        if (one) (one.failures ??= []).push(event.errorText);
    });
    const address = origin === 'null' ? 'https://sandbox.example.com/sandboxed' : `${origin}/page`;
    await page.goto(address, { timeout: 30000 });
    const actual = await page.evaluate(() => self.origin);
    const got = await page.evaluate(ask, list.map(({ hops, ...wish }) => wish));
    await new Promise((resolve) => setTimeout(resolve, 50)); // the last events
    for (const [id, result] of Object.entries(got)) Object.assign(cases.get(id), { result, actual });
    await page.close();
}

try {
    const byPage = Map.groupBy ? Map.groupBy(input.cases, (one) => one.page) : input.cases.reduce(
        (map, one) => map.set(one.page, [...(map.get(one.page) ?? []), one]), new Map());
    const waiting = [...byPage];
    await Promise.all(Array.from({ length: 3 }, async () => {
        while (waiting.length) {
            const [origin, list] = waiting.shift();
            try {
                await runPage(origin, list);
            } catch (error) {
                for (const one of list) cases.get(one.id).broken = String(error).split('\n')[0];
            }
        }
    }));
} finally {
    await browser.close();
    fs.rmSync(profile, { recursive: true, force: true });
}
const out = [...cases.values()].map(({ id, result, actual, error, issue, parameter, failures, asked, broken }) =>
    ({ id, result, actual, error: error ?? issue, parameter, failures, asked, broken }));
process.stdout.write(JSON.stringify(out), () => process.exit(0));
