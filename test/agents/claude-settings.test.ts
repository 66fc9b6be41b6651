import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { claudeConnection } from '../../src/agents/claude/connection.ts';
import { READ_ONLY_TOOLS } from '../../src/agents/claude/tools.ts';
import { hookSecondsMax } from '../../src/agents/hooks-file/hooks-in-json.ts';
import { decodeSettings } from '../../src/cli/decode-settings.ts';
import { GsessError } from '../../src/errors.ts';

const {
  add: addHooks,
  remove: removeHooks,
  find: findHooks,
  isRead: isReadByClaude,
  events: HOOK_EVENTS,
} = claudeConnection;

const x = suite("hooks in Claude's settings");

const OURS = '/usr/local/bin/gsess hook claude';
const OLDER = '"/opt/node 20/bin/node" "/old place/build/src/cli/main.js" hook claude';

interface Settings {
  hooks: Record<string, { matcher?: string; hooks: { type: string; command: string }[] }[]>;
}
const parse = (text: string | undefined): Settings =>
  JSON.parse((text ?? '').replace(/^\uFEFF/, ''));

/** Settings as people keep them. `structural` is false where only the copy from before can tell how it was. */
const TEXTS: readonly { name: string; text: string; structural?: false; commented?: true }[] = [
  { name: 'an empty object', text: '{}' },
  { name: 'an empty object and a newline', text: '{}\n' },
  { name: 'an empty object on two lines', text: '{\n}\n', structural: false },
  { name: 'an empty file', text: '', structural: false },
  { name: 'a blank file', text: ' \n', structural: false },
  { name: 'one key, two spaces', text: '{\n  "model": "opus"\n}\n' },
  { name: 'no final newline', text: '{\n  "model": "opus"\n}' },
  { name: 'tabs', text: '{\n\t"model": "opus",\n\t"env": {\n\t\t"A": "1"\n\t}\n}\n' },
  { name: 'four spaces and CRLF', text: '{\r\n    "model": "opus",\r\n    "x": [1, 2]\r\n}\r\n' },
  { name: 'a byte order mark', text: '\uFEFF{\n  "model": "opus"\n}\n' },
  { name: 'one line', text: '{"model":"opus","permissions":{"allow":["Bash(ls)"]}}' },
  { name: 'one spaced line', text: '{"model": "opus", "b": {}}\n' },
  { name: 'no indentation', text: '{\n"model": "opus"\n}\n' },
  { name: 'odd spacing', text: '{ "z" :1,\n      "a":   2   }' },
  {
    name: 'unicode and escapes',
    text: '{\n  "größe": "\\u00e9\\"\\\\ ✓ \u2028",\n  "\\u0061": 1\n}\n',
  },
  { name: 'numbers that doubles cannot hold', text: '{\n  "n": 12345678901234567890.10\n}\n' },
  { name: 'duplicate keys', text: '{\n  "a": 1,\n  "a": 2\n}\n' },
  {
    name: 'comments',
    commented: true,
    text: '// mine\n{\n  // about\n  "a": 1, /* x */\n  "b": 2 // last\n}\n// end\n',
  },
  { name: 'a trailing comma', commented: true, text: '{\n  "a": 1,\n}\n' },
  { name: 'a comment in an empty object', commented: true, text: '{\n  // nothing yet\n}\n' },
  { name: 'empty hooks', text: '{\n  "hooks": {}\n}\n', structural: false },
  {
    name: 'empty events',
    text: '{\n  "hooks": {\n    "Stop": [],\n    "PreToolUse": [ ]\n  }\n}\n',
    structural: false,
  },
  {
    name: 'hooks first',
    text: '{\n  "hooks": {\n    "Notification": [{"hooks": [{"type": "command", "command": "say"}]}]\n  },\n  "a": 1\n}\n',
  },
  {
    name: 'hooks of others for the same events, with matchers',
    text: `{
  "hooks": {
    "PreToolUse": [
      {
        "matcher": "Write|Edit",
        "hooks": [
          { "type": "command", "command": "entire hooks claude-code pre-tool-use" }
        ]
      },
      {
        "matcher": "*",
        "hooks": [
          { "type": "command", "command": "lint.sh", "timeout": 5 },
          { "type": "command", "command": "gsess-like hook claudette" }
        ]
      }
    ],
    "Stop": [{ "hooks": [{ "type": "command", "command": "notify-send done" }] }]
  },
  "zeta": null,
  "alpha": [
    1,
    2
  ]
}
`,
  },
  {
    name: 'hooks of others on one line',
    text: '{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"x"}]}]},"a":1}',
  },
  {
    name: 'groups of another shape',
    text: '{\n  "hooks": {\n    "Stop": [7, null, {"hooks": 3}, {"hooks": [1, {"command": 2}]}]\n  }\n}\n',
  },
];

for (const { name, text, structural, commented } of TEXTS) {
  x(`${name}: our hooks go in and come out without a trace`, () => {
    const connected = addHooks(text, OURS);
    assert.equal(
      findHooks(connected)
        .map((hook) => hook.event)
        .sort(),
      [...HOOK_EVENTS].sort(),
    );
    assert.is(addHooks(connected, OURS), connected, 'adding twice');
    assert.is(isReadByClaude(connected), commented !== true);
    assert.is(removeHooks(connected, { text }), text, 'with the copy');
    if (structural !== false) assert.is(removeHooks(connected), text, 'without the copy');
    assert.equal(findHooks(removeHooks(connected)), []);
  });

  x(`${name}: an older command is replaced in place`, () => {
    const older = addHooks(text, OLDER);
    const newer = addHooks(older, OURS);
    assert.is(newer, older.replaceAll(JSON.stringify(OLDER), JSON.stringify(OURS)));
    assert.is(removeHooks(newer, { text }), text);
  });

  if (commented === true || text.trim() === '') continue;
  x(`${name}: nothing else changes`, () => {
    const before = parse(text);
    const after = parse(addHooks(text, OURS));
    const { hooks: hooksBefore = {}, ...restBefore } = before;
    const { hooks: hooksAfter, ...restAfter } = after;
    assert.equal(restAfter, restBefore);
    for (const [event, groups] of Object.entries(hooksBefore)) {
      assert.equal(hooksAfter[event]?.slice(0, groups.length), groups);
    }
  });
}

x('where there was no file there is one, in the usual layout, and then none', () => {
  const text = addHooks(undefined, OURS);
  assert.ok(
    text.startsWith('{\n  "hooks": {\n    "SessionStart": [\n      {\n        "hooks": [\n'),
  );
  assert.ok(text.endsWith('\n  }\n}\n'));
  assert.is(removeHooks(text, { text: undefined }), undefined);
  assert.is(removeHooks(addHooks(text, OLDER), { text: undefined }), undefined);
  assert.is(removeHooks(text), '{}\n');
  assert.is(removeHooks(undefined), undefined);
});

x('every hook has a time limit, and hooks about tools start for no tool that only reads', () => {
  const { hooks } = parse(addHooks(undefined, OURS));
  for (const [event, groups] of Object.entries(hooks)) {
    assert.equal(groups[0]?.hooks, [{ type: 'command', command: OURS, timeout: hookSecondsMax }]);
    const matcher = groups[0]?.matcher;
    assert.is(matcher !== undefined, event.includes('ToolUse'));
    if (matcher === undefined) continue;
    for (const tool of READ_ONLY_TOOLS) assert.not.match(tool, new RegExp(matcher));
    for (const tool of ['Bash', 'Write', 'mcp__x__Read', 'Reader', 'TodoWriter', '']) {
      assert.match(tool, new RegExp(matcher));
    }
  }
});

x('when other keys changed meanwhile, only ours go', () => {
  const text = '{\n  "a": 1,\n  "hooks": {\n    "Stop": []\n  }\n}\n';
  const changed = addHooks(text, OURS).replace('"a": 1', '"a": 2, "b": {}');
  assert.is(removeHooks(changed, { text }), text.replace('"a": 1', '"a": 2, "b": {}'));
});

x('when others added hooks behind ours, theirs stay', () => {
  const text = '{\n  "a": 1\n}\n';
  const theirs = { type: 'command', command: 'theirs' };
  const settings = parse(addHooks(text, OURS));
  settings.hooks['Stop']?.push({ hooks: [theirs] });
  settings.hooks['Stop']?.[0]?.hooks.push(theirs);
  settings.hooks['Notification'] = [{ hooks: [theirs] }];
  const rest = removeHooks(JSON.stringify(settings, null, 2), { text });
  assert.equal(parse(rest), {
    a: 1,
    hooks: {
      Stop: [{ hooks: [theirs] }, { hooks: [theirs] }],
      Notification: [{ hooks: [theirs] }],
    },
  });
});

x('a file that began as ours and now holds something else stays', () => {
  const text = addHooks(undefined, OURS).replace('{\n', '{\n  "theme": "dark",\n');
  assert.is(removeHooks(text, { text: undefined }), '{\n  "theme": "dark"\n}\n');
});

x('an event that lost our hook gets it again, and its neighbours are left alone', () => {
  const settings = parse(addHooks('{"a":1}', OLDER));
  delete settings.hooks['Stop'];
  const mended = addHooks(JSON.stringify(settings), OURS);
  assert.equal([...findHooks(mended)].map((hook) => hook.event).sort(), [...HOOK_EVENTS].sort());
  assert.equal(new Set(findHooks(mended).map((hook) => hook.command)), new Set([OURS]));
});

x('settings without our hooks come back as they are', () => {
  for (const { text } of TEXTS) assert.is(removeHooks(text, { text: '{"other": 1}' }), text);
});

x('commands of gsess are recognised however they are written, and those of others are not', () => {
  const asStop = (command: string) =>
    JSON.stringify({ hooks: { Stop: [{ hooks: [{ command }] }] } });
  const ours = [
    OURS,
    OLDER,
    'gsess hook claude',
    '"C:\\x y\\gsess.cmd" hook claude',
    'C:\\x\\cli\\main.js hook claude',
    'NODE_EXTRA_CA_CERTS= /usr/bin/node /opt/gsess/cli/main.cjs hook claude',
    'GSESS_DATA_DIR=/d gsess hook claude 2>/dev/null',
  ];
  for (const command of ours) assert.is(findHooks(asStop(command)).length, 1, command);
  const others = [
    'entire hook claude',
    'gsess hook claude-code',
    'gsess hook codex',
    'notgsess hook claude',
    'gsess  status',
    'main.js hook claude',
  ];
  for (const command of others) assert.equal(findHooks(asStop(command)), [], command);
  assert.throws(() => addHooks('{}', 'entire hook claude'), isError('usage'));
});

function isError(code: string) {
  return (error: unknown) => error instanceof GsessError && error.code === code;
}

x('what is not settings is refused, and nothing is returned', () => {
  const refused = [
    '{',
    'null',
    '[]',
    '"text"',
    '{"hooks": []}',
    '{"hooks": null}',
    '{"hooks": {"Stop": {}}}',
    '{"hooks": {"Stop": 1}}',
    '{"a": }',
  ];
  for (const text of refused)
    assert.throws(() => addHooks(text, OURS), isError('settings-invalid'), text);
  assert.throws(() => removeHooks('{', { text: '{}' }), isError('settings-invalid'));
});

x('the bytes of a settings file are decoded exactly or refused', () => {
  assert.is(decodeSettings(Buffer.from('\uFEFF{"a":"ü"}')), '\uFEFF{"a":"ü"}');
  assert.throws(() => decodeSettings(Buffer.from([0x7b, 0xff, 0x7d])), isError('settings-invalid'));
});

x('Claude is known to ignore files with comments or trailing commas', () => {
  assert.ok(isReadByClaude('\uFEFF{}'));
  assert.not.ok(isReadByClaude('{} // no'));
  assert.not.ok(isReadByClaude('{"a": 1,}'));
});

x.run();
