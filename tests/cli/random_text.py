# SPDX-License-Identifier: Apache-2.0
"""Random JSON objects, written as nobody would: any space, comments and commas where VS Code takes them."""

STRINGS = ['""', '"a"', '"}],//"', '"\\"/*"', '"\\u00e9"', '"${input:x}"', '"toolpost-api-key"']
SCALARS = ["0", "-1.5e3", "true", "null", *STRINGS]
SPACE = ["", "", " ", "\n", "\n  ", "\t", "\r\n\t"]
COMMENTS = ["// , }\n", "/* { */", "/**/", "//\n"]


class RandomText:
    def __init__(self, random, container, comments):
        self.random = random
        self.container = container
        self.comments = comments

    def gap(self):
        gap = self.random.choice(SPACE)
        if self.comments and self.random.random() < 0.2:
            gap += self.random.choice(COMMENTS) + self.random.choice(SPACE)
        return gap

    def items(self, open_close, items):
        """Items between brackets, each with its gaps."""
        text = ""
        for number, item in enumerate(items):
            last = number + 1 == len(items)
            comma = "," if not last or (self.comments and self.random.random() < 0.3) else ""
            text += self.gap() + item + self.gap() + comma
        return open_close[0] + text + self.gap() + open_close[1]

    def value(self, depth):
        kind = self.random.random()
        if depth > 2 or kind < 0.5:
            return self.random.choice(SCALARS)
        if kind < 0.75:
            return self.object(depth + 1)
        return self.items("[]", [self.value(depth + 1) for _ in range(self.random.randrange(3))])

    def object(self, depth, more=()):
        members = [f'"k{number}"{self.gap()}:{self.gap()}{self.value(depth)}' for number in range(self.random.randrange(4))]
        members += [f'"{name}"{self.gap()}:{self.gap()}{value}' for name, value in more]
        self.random.shuffle(members)
        return self.items("{}", members)

    def document(self):
        more = []
        if self.random.random() < 0.7:
            more.append((self.container, self.object(1)))
        if self.container == "servers" and self.random.random() < 0.5:
            more.append(("inputs", self.items("[]", [self.object(2) for _ in range(self.random.randrange(3))])))
        return self.gap() + self.object(0, more) + self.gap()
