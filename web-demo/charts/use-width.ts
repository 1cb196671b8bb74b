/** The width of an element as it is laid out, px; 0 before the first layout. */
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

export const useWidth = (element: RefObject<HTMLElement | null>): number => {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.round(entry.contentRect.width));
    });
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return width;
};
