// The fields of an interface, read from its source text: types are gone when a test runs. Good enough for the plain interfaces of the
// formats that gsess writes; a field of another interface in the text is followed.

const FIELD = /(?:readonly )?(\w+)\??:|[{}]/g;

/** Gives `a`, `a.b`, and `a.*.b` for what lies in an array or a record. */
export function fieldsOf(name: string, source: string): string[] {
  const text = source.replace(/\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const body = bodyOf(name, text);
  if (body === undefined) throw new Error(`no interface ${name}`);
  return fieldsIn(body, text);
}

function fieldsIn(body: string, text: string): string[] {
  return membersOf(body).flatMap(({ field, type }) => {
    const below = inlineBody(type) ?? referredBody(type, text);
    if (below === undefined) return [field];
    const isMany = /Record<|\[\]\s*$|^readonly \(|readonly \w+\[\]/.test(type);
    const prefix = isMany ? `${field}.*` : field;
    return [field, ...fieldsIn(below, text).map((name) => `${prefix}.${name}`)];
  });
}

function membersOf(body: string): { field: string; type: string }[] {
  const members: { field: string; type: string }[] = [];
  let depth = 0;
  let start = 0;
  let field: string | undefined;
  const end = (at: number) => {
    if (field !== undefined) members.push({ field, type: body.slice(start, at).trim() });
    field = undefined;
  };
  for (let at = 0; at < body.length; at += 1) {
    const c = body[at];
    if (c === '{') depth += 1;
    else if (c === '}') depth -= 1;
    else if (depth === 0 && c === ';') end(at);
    else if (depth === 0 && field === undefined) {
      FIELD.lastIndex = at;
      const match = FIELD.exec(body);
      if (match?.index !== at || match[1] === undefined) continue;
      field = match[1];
      start = at + match[0].length;
      at = start - 1;
    }
  }
  end(body.length);
  return members;
}

function inlineBody(type: string): string | undefined {
  const open = type.indexOf('{');
  return open < 0 ? undefined : type.slice(open + 1, type.lastIndexOf('}'));
}

function referredBody(type: string, text: string): string | undefined {
  for (const [word] of type.matchAll(/\b[A-Z]\w+/g)) {
    const body = bodyOf(word, text);
    if (body !== undefined) return body;
  }
  return undefined;
}

function bodyOf(name: string, text: string): string | undefined {
  return new RegExp(`interface ${name} \\{\\n(.*?)\\n\\}`, 's').exec(text)?.[1];
}
