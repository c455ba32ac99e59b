import "./shared/registry";
import "./card";
import "./strategy";
