import "./shared/registry";
import "./common";
import "./card";
import "./strategy";
