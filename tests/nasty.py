"""Texts that break programs, for the laws that hold for every input."""

from __future__ import annotations

PARAGRAPH = "Menteri itu mengatakan “tidak” kepada wartawan di Jakarta, Kamis (28/7/2022). "

TEXTS: dict[str, str] = {
    "empty": "",
    "blank": " \n\t\u3000\u00a0\n ",
    "nul and controls": "a\x00b\x01c\x07 \x1b[31mred\x1b[0m \x7f\x85\x9f",
    "lone surrogates": "before \ud800 between \udfff after \udc00\ud83d",
    "surrogate pairs": "\ud83d\ude00 smile",
    "bidi marks": "\u202eabc\u202c \u2066x\u2069 \u200fعربي\u200e",
    "byte order marks": "\ufeffHello\ufeff world",
    "emoji only": "👩‍👩‍👧‍👦🏳️‍🌈😀" * 50,
    "one character": "a",
    "combining marks": "Z" + "\u0301\u0327" * 5000,
    "jamo": "\u1112\u1161\u11ab" * 500,
    "mojibake": "SchÃ¶ne GrÃ¼ÃŸe â€“ â€œcafÃ©â€\x9d Ð¿Ñ€Ð¸Ð²ÐµÑ‚",
    "entities": "Tom &amp;amp; Jerry &lt;b&gt; &#x41;&#0;&#xD800;&#1114112; &nbsp;",
    "nested entities": "&" + "amp;" * 20_000,
    "entities in entities": "&#" * 5000 + "38;" * 5000,
    "line ends": "a\r\nb\rc\u2028d\u2029e\x0bf\x0cg",
    "many lines": "Baca juga:\n" * 3000,
    "labels and headlines": "Read more:\nA headline\n" * 500,
    "only boilerplate": "Advertisement\nRead more: that\n(AP)\nSource: Reuters\n© 2024 X\n",
    "datelines in a row": "JAKARTA, KOMPAS.TV - LONDON (Reuters) - PARIS (AFP) - Berita yang panjang sekali di sini.",
    "dashes": "- " * 20_000,
    "brackets": "(" * 20_000 + ")" * 20_000,
    "quotes": "“" * 10_000 + "baca juga: x" + "”" * 10_000,
    "capitals": "AAAA " * 5000,
    "digits": "1234567890" * 1000,
    "a megabyte on one line": "kata lagi " * 100_000,
    "a megabyte without blanks": "é" * 1_000_000,
    "thirty thousand lines": "Baris.\n" * 30_000,
    "unassigned": "\U000e0001\U0010ffff\ufdd0\uffff\ufffe",
    "article": PARAGRAPH * 20,
    "related without end": "Baca Juga: " * 2000,
    "names": "Sergey Lavrov, " * 3000,
}

PAGES: dict[str, str] = {
    "no markup": "just words",
    "doctype only": "<!DOCTYPE html>",
    "comment only": "<!-- nothing -->",
    "empty shell": "<html><head><title>Loading</title></head><body><div id=app></div><script>x()</script></body>",
    "deep divs": "<html><body>" + "<div>" * 10_000 + PARAGRAPH * 5 + "</div>" * 10_000,
    "deep spans": "<html><body><article><p>" + PARAGRAPH * 5 + "<span>" * 10_000 + "x",
    "deep lists": "<html><body>" + "<ul><li>" * 10_000 + PARAGRAPH,
    "deep tables": "<html><body>" + "<table><tr><td>" * 10_000 + PARAGRAPH,
    "deep blockquotes": "<html><body>" + "<blockquote><p>" * 10_000 + PARAGRAPH * 5,
    "deep inline": "<html><body><p>" + "<b><i><a href=x>" * 5000 + PARAGRAPH * 5,
    "never closed": "<p>" * 20_000 + PARAGRAPH,
    "closed only": "</div>" * 20_000 + f"<p>{PARAGRAPH * 5}</p>",
    "crossed": "<b><p>" * 3000 + PARAGRAPH * 5 + "</b></p>" * 3000,
    "endless tag": "<p " + "a=b " * 100_000,
    "endless attribute": '<p class="' + "x" * 500_000,
    "nul": f"<html><body><p>{PARAGRAPH}\x00{PARAGRAPH * 4}</p></body></html>",
    "controls": f"<html><body><div>a\x1f{PARAGRAPH * 3}<br>&#1;&#x1F;&#xfffe;{PARAGRAPH}<br>\uffff</div></body></html>",
    "surrogates": f"<html><body><article><p>{PARAGRAPH}\ud800{PARAGRAPH * 4}</p></article></body></html>",
    "xml declaration": f'<?xml version="1.0" encoding="utf-16"?><html><body><p>{PARAGRAPH * 5}</p></body></html>',
    "broken json-ld": '<html><head><script type="application/ld+json">{"@type": "NewsArticle", "headline": </script>'
    f"<body><p>{PARAGRAPH * 5}</p></body></html>",
    "strange json-ld": '<html><head><script type="application/ld+json">[[[{"@type":["NewsArticle",5],"headline":7,'
    '"author":[null,{"name":{}},"A"],"publisher":[],"datePublished":{}}]]]</script></head>'
    f"<body><p>{PARAGRAPH * 5}</p></body></html>",
    "deep json-ld": f'<html><head><script type="application/ld+json">{"[" * 50_000}</script></head>'
    f"<body><p>{PARAGRAPH * 5}</p>",
    "frameset": "<html><frameset><frame src=a></frameset></html>",
    "svg": "<svg xmlns='http://www.w3.org/2000/svg'><text>x</text></svg>",
    "many paragraphs": "<html><body><article>" + f"<p>{PARAGRAPH}</p>" * 3000 + "</article></body></html>",
    "many links": "<html><body>" + "<a href='/x'>link text</a> " * 10_000 + "</body></html>",
    "many tables": "<html><body>" + "<table><tr><td>1<td>2</table>" * 3000 + "</body></html>",
}
