// The journey of Gemini's family, with the real Qwen Code.

import { qwen } from '../../../src/agents/qwen/qwen.ts';
import { QWEN } from '../family-driver.ts';
import { travel } from '../family-journey.ts';
import type { Scenario } from '../scenario.ts';

export const scenario: Scenario = {
  title: 'Qwen Code is captured, restored, gone back in, forked and brought back',
  needs: 'qwen',
  run: (check, agents) =>
    travel(check, agents, {
      name: 'qwen',
      adapter: qwen,
      member: QWEN,
      edit: 'edit',
      readsFirst: true,
      afterCut: ['call: run_shell_command', 'result: error'],
    }),
};
