"""nginx configuration as a list of statements: [tokens as written, block or None]."""

SPACE = " \t\r\n"


def tokens(text):
    """("word" or "open" or "close" or "end", text as written)"""
    i = 0
    while i < len(text):
        c = text[i]
        if c in SPACE:
            i += 1
        elif c == "#":
            end = text.find("\n", i)
            i = len(text) if end < 0 else end
        elif c in ";{}":
            yield {";": "end", "{": "open", "}": "close"}[c], c
            i += 1
        elif c in "\"'":
            j = i + 1
            while text[j] != c:
                j += 2 if text[j] == "\\" else 1
            yield "word", text[i:j + 1]
            i = j + 1
            if text[i:i + 1] == ")":
                yield "word", ")"
                i += 1
        else:
            j, dollar = i, False
            while j < len(text) and text[j] not in SPACE + ";" and (text[j] != "{" or dollar):
                if text[j] == "\\":
                    j += 1
                dollar = text[j] == "$" or (text[j] == "{" and dollar)
                j += 1
            yield "word", text[i:j]
            i = j


def parse(text):
    stack, words = [[]], []
    for kind, word in tokens(text):
        if kind == "word":
            words.append(word)
        elif kind == "end":
            stack[-1].append([words, None])
            words = []
        elif kind == "open":
            block = []
            stack[-1].append([words, block])
            stack.append(block)
            words = []
        else:
            assert not words, words
            stack.pop()
    assert len(stack) == 1 and not words, words
    return stack[0]


def render(block, depth=0):
    lines = []
    for words, inner in block:
        text = "    " * depth + " ".join(words).replace(" )", ")")
        if inner is None:
            lines.append(text + ";")
        else:
            lines += [text + " {", *render(inner, depth + 1), "    " * depth + "}"]
    return lines


def scrambled(block, rng):
    """The same configuration in another spelling: white space, comments, quotes that change nothing."""
    out = []
    for words, inner in block:
        parts = []
        for index, word in enumerate(words):
            plain = index and words[0] not in ("if", "location", "server_name") and not set(word) & set("\"'\\ ();{}$#~*")
            if plain and word and rng.random() < 0.1:
                word = rng.choice("\"'") + word + "\""
                word = word[0] + word[1:-1] + word[0]
            parts.append(word)
        gap = rng.choice([" ", " ", " ", "  ", "\t", "\n\t", "\r\n  "])
        out.append(gap.join(parts).replace(gap + ")", ")") if words[0] == "if" else gap.join(parts))
        if inner is None:
            out.append(rng.choice([";", ";", " ;", "\n;"]))
        else:
            out += [rng.choice([" {", "\n{", "{"]) if words[-1][-1:] != "$" else " {", "\n", scrambled(inner, rng), "}"]
        out.append(rng.choice(["\n", "\n", "\n\n", " ", "\r\n", " # a comment; with { braces } and 'quotes\n"]))
    return "".join(out)


def walk(block, path=()):
    """(enclosing words, block, index) of every statement."""
    for index, (words, inner) in enumerate(block):
        yield path, block, index
        if inner is not None:
            yield from walk(inner, (*path, tuple(words)))
