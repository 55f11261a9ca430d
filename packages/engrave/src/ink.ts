/** Something drawn, in units of a tenth of a staff's space or so (a staff is 36 high), y downwards. */
export type Ink =
  | { readonly kind: "path"; readonly d: string; readonly line?: number; readonly colour: string }
  /** A sign of the music face by its SMuFL code. */
  | {
      readonly kind: "sign";
      readonly code: number;
      readonly x: number;
      readonly y: number;
      readonly size: number;
      readonly colour: string;
      readonly turn?: number;
    }
  /** Letters from the left end of their base line. */
  | {
      readonly kind: "text";
      readonly text: string;
      readonly x: number;
      readonly y: number;
      readonly size: number;
      readonly bold: boolean;
      readonly italic: boolean;
      readonly colour: string;
      /** Degrees, about its place. */
      readonly turn?: number;
    };
