/**
 * The code that most chunks share. It is part of the module, because else each chunk would have to load a number of
 * small files first.
 */
import "lit/decorators/query.js";

import "./card/part";
import "./shared/act";
import "./shared/cards";
import "./shared/clock";
import "./shared/concerns";
import "./shared/file-name";
import "./shared/format";
import "./shared/names";
import "./shared/response";
import "./shared/status";
import "./strategy/card-of-printer";
