// A canvas that is sharp on every screen, keeps its reserved size, and says what it shows.

export class Surface {
  constructor(parent, className, onResize) {
    this.box = make("div", `rl-canvas ${className}`, parent);
    this.canvas = make("canvas", "", this.box);
    this.canvas.setAttribute("role", "img");
    this.canvas.tabIndex = 0;
    // JupyterLab must not take the arrow keys.
    this.canvas.dataset.lmSuppressShortcuts = "true";
    this.context = this.canvas.getContext("2d");
    this.width = 0;
    this.height = 0;
    this.observer = new ResizeObserver(() => {
      if (this.fit()) onResize();
    });
    this.observer.observe(this.box);
    this.fit();
  }

  // Returns whether the size has changed.
  fit() {
    const width = this.box.clientWidth;
    const height = this.box.clientHeight;
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    if (width === this.width && height === this.height && ratio === this.ratio) return false;
    Object.assign(this, { width, height, ratio });
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    return true;
  }

  paint(draw) {
    if (this.width < 40 || this.height < 40) return;
    if (this.ratio !== Math.min(window.devicePixelRatio || 1, 3)) this.fit();
    const { context } = this;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    context.globalAlpha = 1;
    context.setLineDash([]);
    draw(context, this.width, this.height, this.ratio);
  }

  say(text) {
    if (this.canvas.getAttribute("aria-label") !== text) this.canvas.setAttribute("aria-label", text);
  }

  dispose() {
    this.observer.disconnect();
  }
}

export function layerCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  return canvas;
}

export function make(tag, className, parent, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  if (parent) parent.append(node);
  return node;
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

export function svgIcon(path, parent, className) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(space, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  parent.append(svg);
  return shape;
}
