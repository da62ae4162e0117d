/** Heights of the drawing, in rem. A lane's text is above its bars, and what an undo took back is below. */
export const LANE = 3.5;
const MIDDLE = 1.95;

export const topOf = (lane: number) => lane * LANE;
export const middleOf = (lane: number) => topOf(lane) + MIDDLE;

/** About how wide a small text is. */
export const widthOf = (text: string) => text.length * 0.42;
