/** Texts beyond so many stay without a name: each is a plan in every connection that ever ran it. */
const textsMax = 1_000;
/** Lists of parameters make a text of their own for every length. */
const textLengthMax = 6_000;
/** `select *`, `row.*`, `returning *`; not `count(*)`. */
const allColumns = /[\s.,]\*/;

/**
 * Names for statements that come again, so that a connection parses and plans each only once: that is most of what a
 * short statement costs. A text gets its name when it is seen the second time; '' means no name.
 *
 * A statement that asks for all columns never gets one: after a migration that adds a column the server refuses to run
 * its old plan until the connection ends.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();
  #count = 0;

  nameOf(sql: string): string {
    const known = this.#names.get(sql);
    if (known === undefined) {
      if (this.#names.size < textsMax && sql.length <= textLengthMax) this.#names.set(sql, '');
      return '';
    }
    if (known !== '' || allColumns.test(sql)) return known;
    this.#count += 1;
    const name = `again_${this.#count}`;
    this.#names.set(sql, name);
    return name;
  }
}
