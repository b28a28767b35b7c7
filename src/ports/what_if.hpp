#pragma once
// What the rules would say if signals or thresholds were others. Looks and computes; nothing in the
// house, the journal or the memory changes by it.
#include <functional>
#include <string>

#include "core/result.hpp"

namespace bitgrid::ports {

/// Engine thread only; it computes elsewhere. Calls back once, on the engine thread.
class WhatIf {
public:
    using Answer = std::function<void(core::Result<std::string>)>;

    /// `request` and answer are JSON texts: `what_if_request` and `what_if` of schemas/views.
    /// BadInput names the field and what is allowed; NotFound: no such decision; Unavailable: no
    /// decision was made yet, too many questions wait, or the journal cannot be read; Damaged: what
    /// the decision was made of cannot be read any more.
    virtual void ask(const std::string& request, Answer) = 0;

protected:
    ~WhatIf() = default;
};

}  // namespace bitgrid::ports
