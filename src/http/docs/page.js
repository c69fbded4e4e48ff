// Reads the OpenAPI document of this server and shows it; "try" asks the server itself.
"use strict";

/** Makes an element; texts are only ever set as text. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const typeName = (schema) => {
  if (schema === undefined || schema === true) return "any";
  if (schema.$ref) return schema.$ref.split("/").pop();
  const any = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (any) return any.map(typeName).join(schema.allOf ? " & " : " | ");
  if (schema.enum) return schema.enum.map((word) => JSON.stringify(word)).join(" | ");
  const types = [schema.type ?? "any"].flat().map((type) => {
    if (type === "array") return `${schema.prefixItems ? schema.prefixItems.map(typeName).join(", ") : typeName(schema.items)}[]`;
    return schema.format ? `${type} (${schema.format})` : type;
  });
  return types.join(" | ");
};

/** A type with a link to each schema it names. */
function typeCell(schema) {
  const cell = make("td");
  for (const word of typeName(schema).split(/(\w+)/)) {
    cell.append(known.has(word) ? make("a", { href: `#schema-${word}` }, word) : word);
  }
  return cell;
}

let known = new Set();

function table(heads, rows) {
  const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)));
  return make("div", { class: "table" }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
}

function operationOf(path, operation) {
  const inputs = new Map();
  const rows = (operation.parameters ?? []).map((parameter) => {
    const input = make("input", { "aria-label": parameter.name, spellcheck: "false" });
    inputs.set(parameter, input);
    const name = make("td", {}, make("code", {}, parameter.name), parameter.required ? " *" : "");
    const text = make("td", {}, parameter.description ?? "");
    return make("tr", {}, name, typeCell(parameter.schema), text, make("td", {}, input));
  });
  const answers = Object.entries(operation.responses).map(([status, answer]) => {
    const body = Object.entries(answer.content ?? {});
    return make("tr", {}, make("td", {}, status), make("td", {}, answer.description),
      make("td", {}, body.map(([type]) => type).join(", ")), typeCell(body[0]?.[1].schema ?? {}));
  });
  const shown = make("pre", { tabindex: "0", hidden: "" });
  const ask = make("button", { type: "button" }, "试一试 / Try");
  ask.addEventListener("click", () => show(path, inputs, shown));
  const id = operation.operationId;
  return make("details", { id: `operation-${id}` },
    make("summary", {}, make("span", { class: "method" }, "GET"), make("code", {}, path), " ",
      make("span", { class: "quiet" }, operation.summary ?? "")),
    operation.description ? make("p", {}, operation.description) : null,
    rows.length > 0 ? table(["参数 / Parameter", "类型 / Type", "说明 / Meaning", "值 / Value"], rows) : null,
    table(["状态 / Status", "说明 / Meaning", "格式 / Format", "类型 / Type"], answers), ask, shown);
}

async function show(path, inputs, shown) {
  const query = new URLSearchParams();
  let address = path;
  for (const [parameter, input] of inputs) {
    if (parameter.in === "path") address = address.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (input.value !== "") query.set(parameter.name, input.value);
  }
  if (query.size > 0) address += `?${query}`;
  shown.hidden = false;
  shown.textContent = address;
  const longest = 20000;
  try {
    const response = await fetch(address);
    const type = response.headers.get("content-type") ?? "";
    const text = type.includes("json") ? JSON.stringify(await response.json(), null, 2)
      : type.startsWith("text/") ? await response.text()
      : `${type} ${(await response.arrayBuffer()).byteLength} B`;
    const cut = text.length > longest ? `${text.slice(0, longest)}\n…` : text;
    shown.textContent = `GET ${address}\n${response.status}\n\n${cut}`;
  } catch (error) {
    shown.textContent = `GET ${address}\n${error}`;
  }
}

function schemaOf(name, schema) {
  const parts = [schema, ...(schema.allOf ?? [])];
  const rows = parts.flatMap((part) => Object.entries(part.properties ?? {}).map(([field, value]) =>
    make("tr", {}, make("td", {}, make("code", {}, field)), typeCell(value), make("td", {}, value.description ?? ""))));
  const from = parts.filter((part) => part.$ref).map((part) => typeName(part));
  return make("details", { id: `schema-${name}` },
    make("summary", {}, make("code", {}, name), " ", make("span", { class: "quiet" }, schema.description ?? "")),
    schema.enum ? make("p", {}, typeName(schema)) : null,
    from.length > 0 ? make("p", {}, "+ ", ...from.map((word) => make("a", { href: `#schema-${word}` }, word))) : null,
    rows.length > 0 ? table(["字段 / Field", "类型 / Type", "说明 / Meaning"], rows) : null);
}

function render([api, { problems }]) {
  const at = (id) => document.getElementById(id);
  at("version").textContent = `${api.info.title} ${api.info.version} · OpenAPI ${api.openapi}`;
  at("about").textContent = api.info.description ?? "";
  known = new Set(Object.keys(api.components.schemas));
  for (const tag of api.tags) {
    const operations = Object.entries(api.paths).filter(([, item]) => item.get?.tags?.includes(tag.name));
    if (operations.length === 0) continue;
    at("contents").append(make("li", {}, make("a", { href: `#tag-${tag.name}` }, tag.description)));
    at("operations").append(make("h3", { id: `tag-${tag.name}` }, tag.description),
      ...operations.map(([path, item]) => operationOf(path, item.get)));
  }
  for (const [name, schema] of Object.entries(api.components.schemas)) at("schemas").append(schemaOf(name, schema));
  const rows = problems.map(({ code, zh, en }) =>
    make("tr", { id: code }, make("td", {}, make("code", {}, code)), make("td", { lang: "zh-CN" }, zh), make("td", { lang: "en" }, en)));
  at("problems").append(table(["代码 / Code", "中文", "English"], rows));
  for (const [id, text] of [["schemas", "数据结构 / Schemas"], ["problems", "错误代码 / Problem codes"]]) {
    at("contents").append(make("li", {}, make("a", { href: `#${id}` }, text)));
  }
  at("state").hidden = true;
  openTarget();
}

/** Opens what the address points at, which was not there when the browser looked. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target instanceof HTMLDetailsElement) target.open = true;
  target.scrollIntoView();
}

addEventListener("hashchange", openTarget);
Promise.all(["openapi.json", "problems"].map((address) => fetch(address).then((response) => response.json())))
  .then(render)
  .catch((error) => {
    document.getElementById("state").textContent = `无法读取接口文档，请刷新重试 / The document cannot be read, reload to try again: ${error}`;
  });
