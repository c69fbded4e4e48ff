import { onScopeDispose } from "vue";
import type { GradeNumber } from "../api/types";
import type { Roster } from "../board/roster";
import { nextUnit } from "../units/area";
import type { Board } from "./board";
import type { Layout } from "./layout";

export type Command = "search" | "next" | "previous" | "unit" | "grade" | "help" | "leave";

const COMMANDS: Record<string, Command> = {
  "/": "search",
  n: "next",
  p: "previous",
  u: "unit",
  g: "grade",
  "?": "help",
  escape: "leave",
};

export interface Stroke {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  /** Whether the key goes into a text field, where letters are letters. */
  isTyping: boolean;
}

export function commandOf(stroke: Stroke): Command | null {
  if (stroke.ctrlKey || stroke.metaKey || stroke.altKey) return null;
  const command = COMMANDS[stroke.key.toLowerCase()] ?? null;
  return stroke.isTyping && command !== "leave" ? null : command;
}

export function nextGrade(grade: GradeNumber): GradeNumber {
  return grade === 1 ? 4 : ((grade - 1) as GradeNumber);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return target.type !== "radio" && target.type !== "checkbox";
  return target.isContentEditable || target instanceof HTMLSelectElement;
}

interface Actors {
  board: Board;
  layout: Layout;
  roster: Roster;
  openHelp: () => void;
}

function run(command: Command, { board, layout, roster, openHelp }: Actors): boolean {
  switch (command) {
    case "search":
      layout.filterField.value?.focus();
      return layout.filterField.value !== null;
    case "next":
      return roster.step(1);
    case "previous":
      return roster.step(-1);
    case "unit":
      board.change({ unit: nextUnit(board.view.value.unit) });
      return true;
    case "grade":
      board.change({ grade: nextGrade(board.view.value.grade) });
      return true;
    case "help":
      openHelp();
      return true;
    case "leave":
      if (board.siteCode.value === null) return false;
      board.open("/");
      return true;
  }
}

/** The page's single keys (ux rule 24); while a dialog is open they are the dialog's. */
export function useKeyboard(actors: Actors): void {
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const { key, ctrlKey, metaKey, altKey, target } = event;
    const command = commandOf({ key, ctrlKey, metaKey, altKey, isTyping: isTyping(target) });
    if (command !== null && run(command, actors)) event.preventDefault();
  };
  addEventListener("keydown", listen);
  onScopeDispose(() => removeEventListener("keydown", listen));
}
