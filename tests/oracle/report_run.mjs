// Opens HTML reports in a real Chromium. Arguments: the page of an ordinary change, the page of hostile configurations and a
// folder for screenshots, or "". Exit 1 with what is wrong.
import path from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { chromium } = createRequire(path.join(process.env.CORSGATE_NODE, 'x.js'))('playwright-core');
const [ordinary, hostile, folder] = process.argv.slice(2);
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'];
const wrong = [];
const expect = (holds, what) => { if (!holds) wrong.push(what); };

async function open(browser, file, scheme, width = 1280) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
    page.on('pageerror', (error) => wrong.push(`${scheme}: ${error}`));
    page.on('console', (message) => { if (message.type() === 'error') wrong.push(`${scheme}: ${message.text()}`); });
    page.on('request', (request) => { if (!request.url().startsWith('file:')) wrong.push(`asked for ${request.url()}`); });
    await page.goto(pathToFileURL(file).href);
    return page;
}

// Luminance contrast of the text and ground of what a selector finds, as WCAG defines it.
async function contrast(page, selector) {
    return page.$eval(selector, (element) => {
        const parse = (text) => text.match(/[\d.]+/g).slice(0, 3).map((value) => {
            const part = Number(value) / 255;
            return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        const light = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
        const style = getComputedStyle(element);
        const [a, b] = [light(parse(style.color)), light(parse(style.backgroundColor))];
        return { ground: style.backgroundColor, ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) };
    });
}

async function colours(browser, scheme) {
    const page = await open(browser, ordinary, scheme);
    const [gained, lost, kept] = [await contrast(page, 'td .i.g'), await contrast(page, 'td .i.l'),
        await contrast(page, 'td .i:not(.g):not(.l)')];
    expect(new Set([gained.ground, lost.ground, kept.ground]).size === 3, `${scheme}: gained, lost and kept look alike`);
    for (const [name, one] of Object.entries({ gained, lost, kept }))
        expect(one.ratio >= 4.5, `${scheme}: contrast of ${name} is ${one.ratio.toFixed(2)}`);
    if (folder) await page.screenshot({ path: path.join(folder, `report-${scheme}.png`), fullPage: true });
    const ground = await page.$eval('body', (body) => getComputedStyle(body).backgroundColor);
    await page.close();
    return ground;
}

async function keyboard(browser) {
    const page = await open(browser, ordinary, 'light');
    const shown = () => page.$$eval('section.c', (all) => all.filter((one) => !one.hidden && one.offsetHeight > 0).length);
    const all = await shown();
    await page.keyboard.press('/');
    await page.keyboard.type('DELETE evilexample');
    const some = await shown();
    expect(some > 0 && some < all, `the filter shows ${some} of ${all}`);
    expect((await page.textContent('#n')) === `${some} of ${all} shown`, 'the filter does not say how many are shown');
    await page.keyboard.type(' nothing-has-this-word');
    expect((await shown()) === 0, 'the filter shows what does not fit');
    await page.keyboard.press('Escape');
    expect((await shown()) === all, 'Escape does not clear the filter');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    expect(await page.evaluate(() => document.activeElement === document.querySelector('section.c')), 'j and k do not step');
    // Tab reaches the choice of views, arrows choose.
    await page.focus('#q');
    await page.keyboard.press('Tab');
    const visible = (selector) => page.$$eval(selector, (items) => items.filter((one) => one.offsetHeight > 0).length);
    expect((await visible('td .i.g')) > 0 && (await visible('td .i.l')) > 0, 'the changes are not shown');
    await page.keyboard.press('ArrowRight');
    expect((await visible('td .i.g')) === 0 && (await visible('td .i.l')) > 0, 'the view before shows what is gained');
    await page.keyboard.press('ArrowRight');
    expect((await visible('td .i.g')) > 0 && (await visible('td .i.l')) === 0, 'the view after shows what is lost');
    await page.close();
}

// What changes has a witness and a place; nothing is wider than the window but tables, which scroll by themselves.
async function evidence(browser) {
    const page = await open(browser, ordinary, 'light', 420);
    const bare = await page.$$eval('td', (cells) => cells.filter((cell) => cell.querySelector('.i.g, .i.l') &&
        !(/e\.g\. \S+/.test(cell.textContent) && /\.conf:\d+:\d+/.test(cell.textContent))).length);
    expect(bare === 0, `${bare} cells that change have no witness or no place`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is too wide for a small window');
    await page.emulateMedia({ media: 'print' });
    expect(await page.$eval('.bar', (bar) => getComputedStyle(bar).display === 'none'), 'the filter is printed');
    await page.close();
}

async function inert(browser) {
    const page = await open(browser, hostile, 'light');
    const found = await page.evaluate(() => ({
        title: document.title,
        foreign: document.querySelectorAll('img, svg, b, body script ~ script, main script, main style, iframe, a').length,
        shown: document.body.textContent.includes('<style>body{display:none}</style>\\u{202e}'),
        visible: document.body.offsetHeight > 0,
    }));
    expect(found.title.startsWith('corsgate: '), `the title is ${found.title}`);
    expect(found.foreign === 0, `${found.foreign} elements of the configuration's own`);
    expect(found.shown, 'hostile text is not shown as text');
    expect(found.visible, 'nothing is seen');
    await page.evaluate(() => { // the page's policy, should an escape ever be forgotten
        const script = document.createElement('script');
        script.textContent = 'document.title = "owned"';
        document.body.append(script);
    });
    expect((await page.title()).startsWith('corsgate: '), 'a foreign script runs');
    wrong.splice(0, wrong.length, ...wrong.filter((text) => !/Content Security Policy/.test(text)));
    await page.close();
}

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
const light = await colours(browser, 'light');
expect(light !== (await colours(browser, 'dark')), 'light and dark have the same ground');
await keyboard(browser);
await evidence(browser);
await inert(browser);
await browser.close();
for (const text of wrong) console.error(text);
process.exit(wrong.length ? 1 : 0);
