// The journey of Gemini's family, with the real Gemini CLI.

import { gemini } from '../../../src/agents/gemini/gemini.ts';
import { GEMINI } from '../family-driver.ts';
import { travel } from '../family-journey.ts';
import type { Scenario } from '../scenario.ts';

export const scenario: Scenario = {
  title: 'Gemini CLI is captured, restored, gone back in, forked and brought back',
  needs: 'gemini',
  run: (check, agents) =>
    travel(check, agents, {
      name: 'gemini',
      adapter: gemini,
      member: GEMINI,
      edit: 'replace',
      readsFirst: false,
      afterCut: [],
    }),
};
