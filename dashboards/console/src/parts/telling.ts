// Only columns that say something about these rows.

import type { Field } from "./table";

export function telling<Row>(fields: Field<Row>[], rows: Row[]): Field<Row>[] {
    return fields.filter((field) => rows.some((row) => {
        const text = field.text(row);
        return text !== null && text !== undefined && text !== "";
    }));
}
