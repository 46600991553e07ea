import type { Row } from '../store/rows.ts';
import type { Params } from '../wire/params.ts';
import type { World } from '../world.ts';

export interface Call {
  world: World;
  params: Params;
  /** The id in the path; routes without one get ''. */
  id: string;
  /** The second id in the path. */
  subId: string;
}

export type Answer = Row | Record<string, unknown>;
export type Handler = (call: Call) => Answer;

export interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  /** Path with `:id` and `:subId`. */
  path: string;
  handler: Handler;
}

interface Node {
  children: Map<string, Node>;
  any?: Node;
  handlers: Map<string, Route>;
}

/** Finds routes segment by segment; literal segments win over ids. */
export class Router {
  readonly #root: Node = { children: new Map(), handlers: new Map() };

  constructor(routes: Route[]) {
    for (const route of routes) this.#add(route);
  }

  match(method: string, path: string): { route: Route; ids: string[] } | undefined {
    const segments = path.split('/').filter((segment) => segment !== '');
    return this.#descend(this.#root, segments, { method, ids: [] });
  }

  #descend(
    node: Node,
    segments: string[],
    state: { method: string; ids: string[] },
  ): { route: Route; ids: string[] } | undefined {
    const [segment, ...rest] = segments;
    if (segment === undefined) {
      const route = node.handlers.get(state.method);
      return route && { route, ids: state.ids };
    }
    const literal = node.children.get(segment);
    const found = literal && this.#descend(literal, rest, state);
    if (found) return found;
    return (
      node.any &&
      this.#descend(node.any, rest, { ...state, ids: [...state.ids, decodeURIComponent(segment)] })
    );
  }

  #add(route: Route): void {
    let node = this.#root;
    for (const segment of route.path.split('/').filter((part) => part !== '')) {
      const existing = segment.startsWith(':') ? node.any : node.children.get(segment);
      const next = existing ?? { children: new Map(), handlers: new Map() };
      if (segment.startsWith(':')) node.any = next;
      else node.children.set(segment, next);
      node = next;
    }
    node.handlers.set(route.method, route);
  }
}
