/** What `orch init` writes: a first orchestrator.yaml that works on any repository, and a page that an agent could be given. */

export const TASK_PAGE = 'docs/tasks/overview.md';

/** Nothing but git and a shell is needed to run it. The tasks change their files each time, so that it can be repeated. */
export const ORCHESTRATOR_YAML = `# yaml-language-server: $schema=./orchestrator.schema.json
#
# What orch runs: each task in a git worktree and on a branch of its own, in parallel, in the order of depends_on.
#   orch plan     shows what would run
#   orch run      runs it; the report is docs/orchestrator-run-summary.md
#   orch schema   prints every key there is, with its meaning
version: 1
name: first-run
on_failure: continue

defaults:
  timeout: 10m

tasks:
  - name: files
    description: Lists which kinds of files there are
    command: |
      mkdir -p docs/overview
      {
        echo "## Files"
        echo
        git ls-files | sed -n 's/.*\\.\\([A-Za-z0-9]*\\)$/    \\1/p' | sort | uniq -c | sort -rn | sed -n '1,20p'
        echo
        echo "Counted $(date -u '+%Y-%m-%d %H:%M:%S') UTC."
      } > docs/overview/files.md
      cat docs/overview/files.md
    # The proof that something was done: a file that is there, not empty, and changed by this task.
    expect: [docs/overview/files.md]

  - name: history
    description: Lists the latest commits
    command: |
      mkdir -p docs/overview
      {
        echo "## History"
        echo
        git log -n 20 --format='- %ad %s' --date=short
        echo
        echo "Read $(date -u '+%Y-%m-%d %H:%M:%S') UTC."
      } > docs/overview/history.md
      cat docs/overview/history.md
    expect: [docs/overview/history.md]

  - name: overview
    description: Joins what the other two have found
    # It starts when both have succeeded, and its worktree holds what they changed.
    depends_on: [files, history]
    # What to do, for people and for agents; the task finds its path in ORCH_PROMPT.
    prompt: ${TASK_PAGE}
    # An agent goes here, for instance:
    #   command: codex exec --json -s workspace-write "$(cat "$ORCH_PROMPT")"
    #   command: claude -p "$(cat "$ORCH_PROMPT")" --permission-mode acceptEdits
    command: |
      {
        echo "# Overview"
        cat docs/overview/files.md docs/overview/history.md
      } > docs/overview/README.md
      wc -l docs/overview/*.md
    # orch runs this after the command; what a task says of itself is no proof.
    verify: grep -q '^## Files' docs/overview/README.md && grep -q '^## History' docs/overview/README.md
    expect: [docs/overview/README.md]
    retries: 1
`;

export const TASK_PAGE_TEXT = `# Overview

Join \`docs/overview/files.md\` and \`docs/overview/history.md\` into \`docs/overview/README.md\`.

Done when \`docs/overview/README.md\`

- begins with the heading \`# Overview\`,
- holds both parts under their own headings, \`## Files\` and \`## History\`.

Change nothing else, and do not commit: orch puts what changed on the branch of this task.
`;
