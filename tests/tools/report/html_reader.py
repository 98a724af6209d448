"""Reads a page as a browser does."""

from html.parser import HTMLParser


class Reader(HTMLParser):
    """Counts tags, and keeps addresses and text."""

    void = frozenset({'meta', 'img'})

    def __init__(self, text: str):
        super().__init__()
        self.open, self.sources, self.texts = [], [], []
        self.tags = {}
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        if tag not in self.void:
            self.open.append(tag)
        names = {name for name, _ in attrs}
        assert not {n for n in names if n.startswith('on')}
        for name, value in attrs:
            if name in ('src', 'href'):
                self.sources.append(value)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self) -> str:
        """The text, with white space as a browser shows it."""
        return ' '.join(''.join(self.texts).split())
