import type { ComponentChildren } from 'preact';
import './place-picture.css';

/** What is drawn in front of the sky. Each fits 320 by 180. */
const MOTIFS: readonly (() => ComponentChildren)[] = [
  // A coast.
  () => (
    <>
      <path class="far" d="M0 118c40-22 70-30 112-22s60 18 96 8 74-22 112-8v84H0z" />
      <path class="water" d="M0 124h320v56H0z" />
      <path class="line" d="M18 138h44M92 148h62M196 136h50M258 152h40M40 160h36" />
      <path class="near" d="M0 180v-40c30-2 52 6 74 18s44 20 80 22z" />
      <path class="near" d="M222 122l0-26 22 26zM218 122l0-20-14 20zM200 126h48l-8 9h-32z" />
    </>
  ),
  // Mountains.
  () => (
    <>
      <path class="far" d="M0 132l54-58 30 30 46-62 58 70 34-34 98 70v32H0z" />
      <path class="snow" d="M130 42l-18 24 12 6 8-8 10 10 8-9zM54 74l-11 12 8 4 6-5 8 5 4-2z" />
      <path class="near" d="M0 154l70-30 52 24 64-34 62 34 72-22v54H0z" />
      <path class="line" d="M20 166h38M120 162h54M214 168h70" />
    </>
  ),
  // A city by a river.
  () => (
    <>
      <path
        class="far"
        d="M0 130V96h22V74h26v22h14V58h18V44l6-12 6 12v14h18v72zM196 130V88h20V66h34v24h16V78h22v18h32v34z"
      />
      <path
        class="near"
        d="M62 136V92h30v-16h28v60zM120 136v-52l22-16 22 16v52zM176 136v-38h34v-20h24v58zM244 136v-30h46v30z"
      />
      <path
        class="lights"
        d="M70 102h6v6h-6zM82 102h6v6h-6zM100 88h6v6h-6zM138 96h8v10h-8zM186 108h6v6h-6zM218 90h6v6h-6zM256 116h6v6h-6zM272 116h6v6h-6z"
      />
      <path class="water" d="M0 136h320v44H0z" />
      <path class="line" d="M16 148h60M110 156h84M226 150h70M60 166h50" />
    </>
  ),
  // Gardens and roofs.
  () => (
    <>
      <path class="far" d="M0 128c50-34 88-42 132-30s92 14 188-16v98H0z" />
      <path
        class="near"
        d="M104 96c30-4 44-10 56-24 12 14 26 20 56 24l-10 6H114zM118 102h84v14h-84zM96 126c34-4 52-8 64-18 12 10 30 14 64 18l-12 7H108zM116 133h88v24h-88z"
      />
      <path class="lights" d="M136 138h12v19h-12zM172 138h12v19h-12z" />
      <path class="water" d="M0 156h320v24H0z" />
      <path
        class="near"
        d="M34 158v-34c-16-2-22-14-14-24 2-14 22-16 28-4 14 0 18 18 8 24-4 4-10 4-14 4v34zM268 158v-28c-12-2-18-12-12-20 4-12 20-12 26-2 10 2 12 16 4 20-4 2-8 2-10 2v28z"
      />
    </>
  ),
];

/** A small number that is always the same for the same name. */
const numberOf = (name: string) =>
  [...name].reduce((sum, letter) => (sum * 47 + letter.codePointAt(0)!) % 9973, 233);

interface PlacePictureProps {
  readonly place: string;
  /** What is seen there, such as a hotel: each has its own view of the place. */
  readonly view?: string;
}

/** A drawn view of a place: nothing is loaded, and the same view always looks the same. */
export function PlacePicture({ place, view = '' }: PlacePictureProps) {
  const Motif = MOTIFS[numberOf(place.toLowerCase()) % MOTIFS.length]!;
  const seed = numberOf(place.toLowerCase() + view);
  const mirrored = (seed >> 4) % 2 === 1;
  return (
    <svg class="picture" viewBox="0 0 320 180" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
      <rect class="sky" width="320" height="180" />
      <circle class="sun" cx={50 + (seed % 7) * 36} cy={34 + (seed % 5) * 8} r={16 + (seed % 3) * 4} />
      <g transform={mirrored ? 'translate(320 0) scale(-1 1)' : undefined}>
        <Motif />
      </g>
    </svg>
  );
}
